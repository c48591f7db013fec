"""Attributes read, written and augmented from outside and from inside."""

import numpy as np


class Account:
    def __init__(self):
        self.balance = 0.0
        self.history = np.zeros(4)

    def pay_in(self, amount):
        self.balance += amount
        self.history[1:] = self.history[:-1].copy()
        self.history[0] = self.balance


def program(x, k):
    account = Account()
    for i in range(3):
        account.pay_in(x[i, i])
        account.balance *= 1.0 + 0.1 * k
    account.history -= k
    account.rate = account.balance * k
    return account.balance + np.sum(account.history**2) + account.rate
