"""Attributes and methods with two leading underscores."""


class Vault:
    def __init__(self, gold):
        self.__gold = gold

    def __tax(self, k):
        return k * self.__gold

    def collect(self, k):
        tax = self.__tax(k)
        self.__gold -= tax
        return tax * self.__gold


def program(x, k):
    vault = Vault(x[0, 0])
    return vault.collect(k) + vault.collect(k * 0.5)
