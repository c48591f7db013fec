"""A logger of the module, with arguments and a level that is asked for."""

import logging

import numpy as np

logger = logging.getLogger(__name__)


def program(x, k):
    logger.info("start with k = %s", k)
    y = np.sum(np.exp(x * k))
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug("y = %.3f, x = %r", y, x)
    logging.debug("done")
    return y * y
