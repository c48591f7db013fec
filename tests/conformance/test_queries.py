"""What NumPy says of arrays, dtypes and shapes: constants, whatever they are asked of."""

import warnings

import numpy as np
import pytest

import s2sad
from tests.conformance.test_library_programs import X, Y, function_of

PROGRAMS = [
    "return x[0][np.nanargmax(x[0])]*k",
    "return x.ravel()[np.nanargmin(x)]*k",
    "return x[np.nanargmin(x, axis=0), np.arange(4)].sum()",
    "i = np.lexsort((y[0], x[0])); return (x[0][i]*np.arange(4.)).sum()",
    "return x[np.isin(x, x[0])].sum()*k",
    "return np.where(np.isin(np.arange(4), [1,2]), x[0], k).sum()",
    "i = np.unravel_index(np.argmax(x), x.shape); return x[i]*k",
    "return x.ravel()[np.ravel_multi_index((1,2), x.shape)]*k",
    "i, j = np.indices(x.shape); return (x*i*j).sum()*k",
    "return (np.tri(3,4)*x).sum()*k",
    "return (np.kaiser(4, k)*x[0]).sum() + np.kaiser(1, k)[0]",
    "return (np.hanning(x.shape[1])*x[0]*np.hamming(4)*np.blackman(4)*np.bartlett(4)).sum()*k",
    "i = np.diag_indices(3); return x[i].sum()*k",
    "i = np.tril_indices_from(x[:,:3]); return x[:, :3][i].sum()*k",
    "m = np.mask_indices(3, np.triu); return x[:, :3][m].sum()*k",
    "z = np.broadcast_shapes(x.shape, (1,4)); return np.broadcast_to(x[:1], z).sum()*z[0]*k",
    "z = np.broadcast_shapes(x.shape[:1], (1,)); return np.full(z, k).sum()",
    "u = np.unique_values(x); return (u*np.arange(len(u))).sum()",
    "v, c = np.unique_counts(np.array([1,2,2])); return (v*c).sum()*k",
    "return x.sum()*k if np.iscomplexobj(x) else k*k",
    "z = np.zeros(2, dtype=np.result_type(x, np.float32)); z[0] = k; return (z*z).sum()",
    "z = np.ones(2, dtype=np.result_type(np.int8, 3, k)); z[0] = k; return (z*z).sum()",
    "return x.sum()*np.finfo(x.dtype).eps + k*np.finfo(float).tiny",
    "return k*k*np.iinfo(np.int32).max",
    "return (np.sort_complex(x[0]).real*np.arange(4)).sum()",
    "return x[:, np.nonzero(np.bitwise_xor([1,0,1,1], 1))[0]].sum()*k",
    "return np.fix(k*3.7)*k",
    "h, e = np.histogramdd([x[0], y[0]], bins=2, weights=x[1]*k); return h[0,0]*h[1,1] + e[0][0]",
    "h, e = np.histogramdd(x.T[:,:2], bins=(2,3), range=[[.2,.9],[.3,.8]], weights=x[1]*k); return h.sum() + e[1][0]*k",
    "h = np.histogramdd((x[0], y[0], y[1]), bins=[np.array([.2,.5,.9]), 2, 2], density=True, weights=x[1]*k)[0]; return (h*h).sum()",
    "return np.histogram2d(x[0], y[0], bins=2, weights=x[1]*k)[0][0,0]",
    "h, a, b = np.histogram2d(x[0], y[0], bins=(2,3), range=[[.2,.9],[.3,.8]], weights=x[1]*k); return (h*np.arange(6.).reshape(2,3)).sum() + a[0]*k",
    "h, a, b = np.histogram2d(x[0], y[0], bins=[np.array([.2,.5,.9]), 2], density=True, weights=x[1]*k); return (h*h).sum()",
    "return stats.poisson.ppf(k, 3.0)*k",
    "return x.sum()*np.gcd(4, 6)*k if np.can_cast(np.float32, x.dtype) else k",
]


@pytest.mark.parametrize("body", PROGRAMS)
def test_value_and_derivatives(body: str) -> None:
    f = function_of(body)
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1, 2))(X.copy(), Y.copy(), 0.7)
    assert np.allclose(value, f(X.copy(), Y.copy(), 0.7), rtol=1e-14, atol=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s2sad.check_grads(f, (X.copy(), Y.copy(), 0.7))
