"""Programs over what NumPy and SciPy offer: methods of arrays and ufuncs, objects of libraries, many arguments.

Each body is a function of two matrices and a number. The value is the one NumPy and SciPy give, to the last bit but
where `CLOSE` says so, and the derivatives are those of central differences.
"""

import cmath
import itertools
import linecache
import math
import warnings
from typing import Any

import numpy as np
import pytest
from scipy import fft, integrate, interpolate, linalg, ndimage, signal, sparse, spatial, special, stats

import s2sad

X = np.random.default_rng(0).uniform(0.3, 0.9, size=(3, 4))
Y = np.random.default_rng(1).uniform(0.3, 0.9, size=(3, 4))
NAMES = {
    "np": np,
    "math": math,
    "cmath": cmath,
    "fft": fft,
    "special": special,
    "linalg": linalg,
    "signal": signal,
    "stats": stats,
    "interpolate": interpolate,
    "integrate": integrate,
    "sparse": sparse,
    "ndimage": ndimage,
    "spatial": spatial,
}
counter = itertools.count()

ARRAYS = [
    "return np.sum(x.take([0,1],axis=1)**2)",
    "return np.sum(x.compress([True,False,True],axis=0)**2)",
    "z = x[0].copy(); z.sort(); return np.sum(z[:2]**2)",
    "z = x[0].copy(); z.partition(2); return np.sum(z[:2])",
    "z = np.zeros(4); z.put([0,2], x[0,:2]); return np.sum(z**2)",
    "z = np.zeros(4); z.fill(k); return np.sum(z**2)",
    "return x.trace()**2 + x.diagonal().sum()*k",
    "return np.sum(x.clip(0.4, 0.6)**2) + np.sum(x.round(1))",
    "return x.dot(y.T).sum() + x.flatten()[2]**2 + x.ravel()[1]",
    "return np.sum(x.repeat(2, axis=1)**2) + x.swapaxes(0,1)[1,0]*k",
    "return np.sum(x.cumprod()) + x.std(ddof=1) + x.var(axis=0, keepdims=True).sum() + x.prod()",
    "return np.sum(x.flat[2:5]**2)",
    "return sum(v**2 for v in x.flat)",
    "i = np.array([0,1,0]); return np.sum(i.choose([x[:,0], y[:,0]])**2)",
    "return x.max(initial=0.1) + x.min(axis=1).sum() + x.mean(where=x>0.5)",
    "return np.sum(x[x.nonzero()]**2) + np.sum(x[0][x[0].argsort()]*y[0]) + x[0].searchsorted(0.5)*k",
    "z = x + 1j*y; z.real = y; return np.sum(np.abs(z)**2)",
    "z = x + 1j*y; return np.sum(z.conj()*z).real + np.sum(z.imag**2)",
    'return np.sum(x.T.copy(order="F")**2) + np.sum(x.reshape(2,-1, order="F")[0]**2)',
    "return np.sum(np.add(x, y, dtype=np.float64))",
    "return np.sum(np.apply_over_axes(np.sum, x, [0, 1])**2)",
    "return np.sum(np.isin(x, y)*x) + np.nanargmax(x)*k + np.lexsort((x[0], y[0]))[0]*k",
    "return np.sum(np.round(x, 1)) + round(k, 1) + divmod(k*5, 2)[1] + abs(k) + max(k, 0.3) + pow(k, 2)",
    "return np.sum(np.multiply.reduceat(x[0], [0, 2]))",
    "return np.sum(np.maximum.reduceat(x, [0, 2, 1], axis=1)**2)",
    "return np.sum(np.logaddexp.accumulate(x[0])) + np.sum(np.subtract.accumulate(x, axis=1)**2) + np.sum(np.divide.reduce(x[:, 0]))",
    "z = y.copy(); np.multiply.at(z, [0, 1, 1], x[:3]); return np.sum(z*z)",
    "z = y[0].copy(); np.exp.at(z, [0, 1]); return np.sum(z*z)",
    "z = y[0].copy(); np.maximum.at(z, [0, 1, 1], x[:,0]); return np.sum(z*z)",
    "u, i = np.unique(x[0].round(1), return_inverse=True); return np.sum(u[i]*x[0])",
    "u, i, c = np.unique(np.array([x[0,0], x[0,1], x[0,0]]), return_inverse=True, return_counts=True); return np.sum(u**2*c)",
    "return np.sum(np.unique(x)[:3]**2) + np.sum(np.union1d(x, y)[1:4]**2) + np.sum(np.setdiff1d(x, y[0])**3)",
    "return np.sum(np.unstack(x)[0]**2) + sum(np.sum(v)**2 for v in np.unstack(x, axis=1))",
    "a, b, c = np.unstack(x); return np.sum(a*b)+np.sum(c)",
    "q, r = np.polydiv(x[0], y[0,:2]); return np.sum(q**2)+np.sum(r**2)",
    "return np.sum(np.trim_zeros(np.concatenate([[0.0], x[0], [0.0, 0.0]]))**2)",
    "return np.sum(np.fromfunction(lambda i, j: i + j*k, (3, 4)) * x)",
    "return np.sum(np.real_if_close(x)**2) + np.sum(np.add(x, y, dtype=np.float64)**2)",
    "z = np.zeros((2,2)); z.flat[1] = k; z.flat[[2,3]] = x[0,:2]; return np.sum(z**3)",
    "z = x.copy(); z.put([1, 5], y[0,:2]); return np.sum(z**3)",
    "return x[0].item(2)**2 + x.item(1, 2)**3 + x.item(5)",
    "return np.sum(np.real(np.linalg.eigvals(x[:,:3]))**2)",
    "return np.sum(np.abs(np.linalg.eigvals(x[:,:3]-y[:,:3]))**2)",
    "w, v = np.linalg.eig(x[:,:3]-y[:,:3]); return np.sum(np.abs(v)**4).real + np.sum(v.real**3) + np.sum(w.imag**2) + np.sum(v.imag[0]*v.real[1])",
    "w, v = np.linalg.eig(x[:,:3]@x[:,:3].T); return np.sum(v.real**3)+np.sum(w.real)",
    "w, v = np.linalg.eig(x[:,:3]-y[:,:3]*1j); return np.sum(np.abs(v)**4).real + np.sum(v.real**3) + np.sum(w.imag**2) + np.sum(v.imag[0]*v.real[1])",
    "return np.sum(np.abs(np.roots(x[0]))) + np.roots(y[1]).real.sum()",
    "return np.sum(np.poly(x[0])**2)",
    "return np.sum(np.i0(x*4) * y) + np.i0(k)",
    "return np.sum(np.polynomial.chebyshev.chebval(y, x[0])**2) + np.polynomial.legendre.legval(k, y[0])",
    "return np.sum(np.polynomial.hermite.hermval(y, x[0])**2) + np.polynomial.laguerre.lagval(k, y[0]) + np.polynomial.hermite_e.hermeval(k, y[0])",
    "return np.sum(np.polynomial.polynomial.polyval(y, x[0])**2) + np.sum(np.polynomial.chebyshev.chebvander(x[1], 3)@y[0])",
    "return np.sum(np.polynomial.polynomial.polyder(x[0])**3) + np.sum(np.polynomial.chebyshev.chebder(x[0])**3)",
    "return np.sum(np.polynomial.polynomial.polyvander(x[0], 2)**3)",
    "return np.sum(np.logspace(0.0, x[0, 0], 5)**2) + np.sum(np.geomspace(k, 1.0 + x[0, 0], 5)) + np.sum(np.logspace(k, 1.0, 4, base=2.0, endpoint=False)) + np.sum(np.logspace(0.0, k, 4, base=k+1))",
    "return np.sum(np.fft.fftfreq(5, d=k)**2) + np.sum(np.fft.rfftfreq(6, k)) + np.fft.fftfreq(4)[1]*k",
    "return np.sum(np.unwrap(x[0]*9, period=k*3)) + np.sum(np.unwrap(y*9))",
    "return np.sum(np.unwrap(x*9, period=k*3, axis=0)*y)",
    "return integrate.simpson(x[0], dx=k) + np.sum(integrate.simpson(x, dx=k, axis=0)**2)",
    "return np.sum(np.astype(x, np.float64)**2) + np.sum(np.asfortranarray(x)**2) + np.sum(np.asarray_chkfinite(x)**3)",
    'return np.sum(np.pad(x, ((1,2),(0,3)), mode="linear_ramp", end_values=(k, k*k))**2) + np.sum(np.pad(x[0], (2,0), constant_values=(k,1.0))**2)',
    "z = x + 1j*y; z.real = y; z.imag = x[0]; return np.sum(np.abs(z)**2)",
    "return np.sum(np.fft.rfftfreq(6, k)*np.fft.rfft(x[0], 6).real)",
    "return math.erf(k) + math.erfc(k*2) + math.gamma(k+1)*math.lgamma(k*3) + math.remainder(k*7, 2.0) + math.remainder(3.0, k)",
    "return math.lgamma(k-1.3) + math.gamma(k-2.1)",
    "return np.sum(np.linspace(x, y, 4)**2) + np.sum(np.linspace(x[0], k, 3, endpoint=False)**2) + np.sum(np.linspace(0.0, y, 3)**3) + np.sum(np.linspace(k, 1.0, 5)**2)",
    "return np.sum(np.outer(x, y)**2) + np.sum(np.outer(k, y[0])**2)",
    "return np.sum(np.diag(x, 1)**2) + np.sum(np.diag(x[0], k=2)*1.5) + np.sum(np.diag(x[0], k=-1)**2*y[0,0]) + np.sum(np.diag(x[:, :3], -1)**2)",
    "return np.sum(np.dot(x[:, :3], np.stack([x, y]))**2) + np.sum(np.dot(x[0, :3], np.stack([x, y]))**2) + np.dot(x[0], y[0])",
    "a = x[:, :3] + 1j*y[:, :3]; h = a @ a.conj().T + np.eye(3); return np.sum(np.abs(np.linalg.cholesky(h))**3) + np.sum(np.linalg.cholesky(h).imag**2)",
    "a = np.stack([x[:, :3], y[:, :3]]); h = a @ a.mT + np.eye(3); return np.sum(np.linalg.cholesky(h)**3)",
    "return np.sum(np.diagflat(x[0])*y[0]) + np.sum(np.diagflat(x, k=1))",
]
REVIEWED = [
    "return np.sum(np.trapezoid(x[0], y)**2) + np.sum(np.trapezoid(x[0], y[:1])**2)",
    "return np.sum(np.inner(k, x)*y[:,:]) + np.sum(np.inner(x, y)**2) + np.sum(np.inner(x, np.stack([y, y]))**2)",
    "z = x[:,:3]+1j*y[:,:3]; s, l = np.linalg.slogdet(z); return (s*np.exp(l)).real + s.imag",
    "z = (x-1.5)+1j*(y); return np.sum(np.arccosh(z).real) + np.sum(np.arccosh(z).imag**2)",
    "z = (y)+1j*(y); return np.sum(((x-1.5)**z).real) + np.sum((np.power(x-1.5, z)).imag)",
    "z = 0.5+1j*k; return ((-k)**z).real + ((k-3.0)**z).imag",
    "return np.sum(np.triu(x[0])*y[0][:,None]) + np.sum(np.tril(x[0], k=-1)*y[1])",
    "return np.sum(np.einsum('ij,ij->i', x[:,:1], y[:1,:2])**2) + np.sum(np.einsum('ij,j->i', x, y[0,:1])**2) + np.einsum('i,i', x[0], y[0,:1])**2 + np.sum(np.einsum('ij,ik->jk', x[:1], y)**2)",
    "z = x.copy(); z[0] = y[:1]; z[1] = y[None, :1]; z[2] = y[None, :1, :1]; return np.sum(z**3)",
    "return special.ellipk(0.0*k) + special.ellipe(k*0.0) + special.ellipk(k) + np.sum(special.ellipe(x)) + np.sum(special.ellipkm1(x))",
    "return np.sum(special.exprel(x))+special.exprel(k*0.0)",
    "return np.sum(np.einsum('ij->', x)) + np.einsum('i->', y[0])",
    "return np.sum(np.gradient(x, np.array([0.,1.,3.,4.]), axis=1)**2)",
    "return np.sum(np.copy(k)) + np.sum(np.roll(k,1)) + np.nansum(k) + np.nan_to_num(k) + np.select([x[0]>1],[x[0]*x[0]],k).sum()",
    "return np.sum(x.mT @ y)",
    "return np.mean(k) + np.std(k) + np.prod(k) + np.sum(np.cumsum(k)) + np.sum(np.reshape(k,(1,1))) + np.sum(np.expand_dims(k,0)) + np.max(k) + np.var(k)",
    "return np.sum(np.sum(x, axis=())**2) + np.sum(np.mean(x, axis=())**3)",
    "return np.average(x, axis=(0,1), weights=y) + np.sum(np.average(x, axis=(0,), weights=y[:,0]))",
    "return np.sum(np.kron(k, [1.0, 2.0])**2) + np.sum(np.tile(k, 3)) + np.sum(np.tile(np.square(k), 2)) + np.sum(np.repeat(k, 2))",
    "return np.sum(np.einsum('ij,ij->i', x[:,:1], y[:1,:2])**2)+np.sum(np.einsum('ij,j->i', x, y[0,:1])**2)",
    "return np.sum(np.einsum('ij,j->i', x, y[0,:1])**2)+np.einsum('i,i', x[0], y[0,:1])**2",
    "return np.einsum('i,i', x[0], y[0,:1])**2+ np.sum(np.einsum('ij,ik->jk', x[:1], y)**2)",
    "return np.einsum('i,i', x[0], y[0,:1])**2+ np.sum(np.einsum('ij,ij->i', x[:,:1], y[:1,:2])**2)",
    "return np.sum(np.kron(k, [1.0, 2.0])**2)",
    "return np.sum(np.tile(k, 3))",
    "return np.sum(np.tile(np.square(k), 2))",
    "return np.sum(np.repeat(k, 2))",
]
LIBRARY = [
    "return interpolate.CubicSpline(np.arange(4.0), x[0])(1.5)**2",
    "return np.sum(interpolate.CubicSpline(x[0].cumsum(), y[0])(y[1]+k)**2)",
    's = interpolate.CubicSpline(x[0].cumsum(), y.T, bc_type="natural"); return np.sum(s(y[1]+k)**2) + np.sum(s(k, 1)) + np.sum(s.derivative()(k)**2)',
    's = interpolate.CubicSpline(x[0].cumsum(), y.T, bc_type="clamped"); return np.sum(s(y[1]+k)**2)',
    "s = interpolate.CubicSpline(x[0].cumsum(), y[0], bc_type=((1, k), (2, 0.5))); return np.sum(s(y[1]+k)**2)",
    "return np.sum(interpolate.PchipInterpolator(x[0].cumsum(), y[0])(y[1]+k)**2)",
    "return np.sum(interpolate.Akima1DInterpolator(x[0].cumsum(), y[0])(y[1]*0.3+k+0.3)**2)",
    'return np.sum(interpolate.Akima1DInterpolator(x[0].cumsum(), y.T, method="makima")(y[1]*0.3+k+0.3)**2)',
    "return np.sum(interpolate.CubicHermiteSpline(x[0].cumsum(), y[0], y[1])(y[2]+k)**2)",
    "return interpolate.interp1d(np.arange(4.0), x[0])(1.5+k)**2",
    'return np.sum(interpolate.interp1d(np.arange(4.0), x[0], kind="cubic", fill_value="extrapolate")(y)**2)',
    "return np.sum(interpolate.interp1d(x[0].cumsum(), x[0], bounds_error=False, fill_value=(k, 2*k))(y*5)**2)",
    'return np.sum(interpolate.interp1d(x[0].cumsum(), x[0], kind="nearest", bounds_error=False, fill_value=0.0)(y*5)**2)',
    "s = interpolate.make_interp_spline(np.arange(4.0), x[0], k=3); return np.sum(s(y)**2) + s(k, 1)",
    "return np.sum(interpolate.BSpline(np.arange(8.0), x[0], 3)(y+3)**2)",
    "return np.sum(interpolate.PPoly(x, np.arange(5.0))(y*4)**2)",
    "return np.sum(linalg.solve_banded((1, 1), x[:, :], y[0])**2)",
    "return np.sum(linalg.solve_banded((0, 2), np.abs(x)+1.0, y.T)**2)",
    "A = sparse.csr_array((x[0, :3], ([0, 1, 2], [0, 1, 1])), shape=(3, 3)); return np.sum((A @ y)**2) + np.sum((A.T @ y[:, 0])**2) + np.sum((y.T @ A)**2)",
    "A = sparse.csr_matrix((x[0, :3], np.array([0, 1, 1]), np.array([0, 1, 2, 3])), shape=(3, 3)); return np.sum((A @ y)**2) + np.sum(A.dot(y[:,1])**3) + np.sum(A.toarray()**2)",
    "return stats.norm(x[0, 0], y[0, 0]).logpdf(0.3) + np.sum(stats.norm(loc=x, scale=y).cdf(k))",
    "d = stats.gamma(x[0]+1, scale=y[0]); return np.sum(d.logpdf(k)) + np.sum(d.pdf(y[1]))",
    "return np.sum(np.poly1d(x[0])(y[0])**2)",
    "p = np.poly1d(x[0]); q = np.poly1d(y[0,:2]); return (p*q + 2.0*p - q)(k)**2 + p.deriv()(k) + (p.integ()-1.0)(k)",
    "return float(np.polynomial.Polynomial(x[0])(k)) + (np.polynomial.Polynomial(x[0])*np.polynomial.Polynomial(y[0])).deriv()(k)**2",
    "return np.sum(special.eval_legendre(3, x)**2) + np.sum(special.eval_legendre(0, x)) + special.eval_legendre(2, 1.0*k)",
    "return np.sum(special.eval_chebyt(3, x)**2) + np.sum(special.eval_chebyu(2, x)**2) + np.sum(special.eval_gegenbauer(3, 0.7, x))",
    "return np.sum(special.eval_jacobi(3, 0.7, 0.4, x)**2) + np.sum(special.eval_hermite(4, x)) + np.sum(special.eval_hermitenorm(3, x))",
    "return np.sum(special.eval_laguerre(3, x)**2) + np.sum(special.eval_genlaguerre(np.array([0,1,2,3]), 0.5, x))",
    "return np.sum(special.jve(1.5, x)) + np.sum(special.yve(1, x)) + np.sum(special.ive(0.5, x)) + np.sum(special.kve(1.2, x))+ np.sum(special.kn(2, x)) + np.sum(special.yn(1, x))+ np.sum(special.jn(1, x))",
    "return np.sum(special.spherical_jn(2, x)) + np.sum(special.spherical_yn(0, x)) + np.sum(special.spherical_in(1, x)) + np.sum(special.spherical_kn(1, x))",
    "return np.sum(special.struve(1, x)) + np.sum(special.modstruve(0.5, x)) + np.sum(special.ellipkinc(x, y)) + np.sum(special.ellipeinc(x, y))",
    "return np.sum(special.owens_t(x, y)) + np.sum(special.gammaincinv(2.0, x)) + np.sum(special.gammainccinv(2.0, x)) + np.sum(special.betaincinv(2.0, 1.5, x)) + np.sum(special.ndtri_exp(-x))",
    "return np.sum(special.chdtr(3.0, x)) + np.sum(special.chdtrc(3.0, x)) + np.sum(special.gdtr(x, 2.0, y)) + np.sum(special.gdtrc(x, 2.0, y)) + np.sum(special.pdtr(2, x)) + np.sum(special.pdtrc(2, x))",
    "return np.sum(special.exp2(x)) + np.sum(special.expm1(x)) + np.sum(special.log1p(x)) + np.sum(special.cbrt(x)) + np.sum(special.sindg(x)+special.cosdg(y)) + np.sum(special.tandg(x)+special.cotdg(y))",
    "return np.sum(special.powm1(x, y)) + np.sum(special.inv_boxcox1p(x, y)) + np.sum(special.comb(5.5, x)) + np.sum(special.perm(5.5, x)) + np.sum(special.comb(x+2, y))",
    "return np.sum(special.lambertw(x).real) + np.sum(np.abs(special.lambertw(x+1j*y, 1)))",
    "return np.sum(special.multigammaln(x[0,0] + 3.0, 2)) + special.multigammaln(k+3, 3)",
    "a, b = special.sici(x); c, d = special.fresnel(y); return np.sum(a*b) + np.sum(c*d) + np.sum(special.shichi(x)[0])",
    "ai, aip, bi, bip = special.airy(x); return np.sum(ai*bip) + np.sum(aip*bi)",
    "return special.ellipk(k*0.9) + np.sum(special.ellipe(x))",
    "return np.sum(stats.zscore(x)*y) + np.sum(stats.gmean(x[0])) + np.sum(stats.hmean(x, axis=1)) + stats.skew(x[0]) + stats.kurtosis(y[0])",
    "return np.sum(stats.skew(x, axis=1, bias=False)) + np.sum(stats.kurtosis(y, axis=1, bias=False)) + np.sum(stats.sem(x)) + np.sum(stats.variation(x, axis=1)) + stats.entropy(x[0]) + stats.entropy(x[0], y[0], base=2.0)",
    "return np.sum(stats.gmean(x, axis=1, weights=y)) + np.sum(stats.zscore(x, axis=None, ddof=1)*y)",
    "return stats.multivariate_normal.logpdf(x[0, :2], y[0, :2], np.eye(2)*k + 0.1) + np.sum(stats.multivariate_normal.pdf(x[:, :2], y[0, :2], np.eye(2)*k + 0.1))",
    "return stats.dirichlet.logpdf(x[0]/np.sum(x[0]), y[0]) + stats.dirichlet.pdf(x[1]/np.sum(x[1]), y[1])",
    'return np.sum(signal.convolve2d(x, y[:2,:2], mode="same")**2) + np.sum(signal.correlate2d(x, y[:2,:2])**2) + np.sum(signal.oaconvolve(x, y[:2,:2])**2)',
    'return np.sum(signal.detrend(x)**2*y) + np.sum(signal.detrend(x, axis=0, type="constant")**3)',
    "return np.sum(signal.savgol_filter(np.concatenate([x[0], y[0]]), 5, 2)**2) + np.sum(signal.resample(x, 3, axis=0)**2)",
    "return integrate.simpson(x, x=np.cumsum(y,axis=1)).sum()*k",
    "return integrate.simpson(x, x=np.cumsum(y,axis=0), axis=0).sum()*k",
    "return integrate.simpson(x[0], x=np.cumsum(y[0]))*integrate.simpson(x[0,:3], x=np.cumsum(y[0,:3]))",
    "return integrate.simpson(x[:,:2], x=np.cumsum(y[:,:2],axis=1)).sum()*k",
    "t=np.array([0.,.2,.45,1.])*k; z=np.concatenate([x[0,:3],x[0,:1]]); s=interpolate.CubicSpline(t,z,bc_type='periodic'); return s(.5) + s(.33)",
    "t=np.array([0.,.2,1.]); z=np.concatenate([x[:2],x[:1]]); s=interpolate.CubicSpline(t,z,bc_type='periodic'); return (s(y*.5)*y[...,None]).sum() + s(.33)[0]",
    "return np.einsum('ij,ij->i', x, y, dtype=float).sum()*k",
    "s = np.concatenate([x.ravel(), y.ravel()]); f, t, Z = signal.stft(s, nperseg=8); return (np.abs(Z)**2).sum()*k + f.sum()*t.sum()",
    "s = np.concatenate([x, y], axis=1); f, t, Z = signal.stft(s, fs=2.0, nperseg=5, noverlap=2, nfft=6, scaling='psd', boundary=None, detrend='linear'); return (Z.real**2).sum()*k",
    "f, P = signal.welch(np.concatenate([x.ravel(), y.ravel()]), nperseg=6, fs=k); return (P*f).sum()",
    "f, P = signal.welch(np.concatenate([x, y]), nperseg=5, axis=0, average='median', window='hamming'); return (P**2).sum()",
    "f, P = signal.csd(x.ravel(), y.ravel()*k, nperseg=7, scaling='spectrum'); return (np.abs(P)**2).sum()",
    "f, P = signal.periodogram(x.ravel()*k); return (P*f).sum()",
    "f, P = signal.periodogram(x*k, nfft=8, detrend=False, window='hann'); return (P**2).sum()",
    "f, t, Z = signal.stft(x.ravel(), nperseg=4); t, w = signal.istft(Z*k, nperseg=4); return (w**2).sum() + w[3]",
    "Z = (x[:, :3] + 1j*y[:, :3]); t, w = signal.istft(Z); return (w**2).sum()*k",
    "f, P = signal.welch(x.ravel()*k, window=[.1,.5,.6,.3]); return P.sum()",
    "return signal.sosfilt([[.1,.2,k,1.,.3,.2],[.4,.2,k,1.,.3,k]], y*k)[0,0]",
    "o, z = signal.sosfilt([[.1,.2,k,1.,.3,.2],[.4,.2,k,1.,.3,k]], y[0], zi=x[:2,:2]); return (o*o).sum() + z[0,1]*z[1,0]",
    "S = np.array([[.1,.2,.3,1.,.3,.2],[.4,.2,.3,1.,.3,.1]]); o, z = signal.sosfilt(S, y.T, axis=0, zi=np.stack([x[:2,:3],y[:2,:3]])); return (o*o).sum() + z[0,1,0]*z[1,0,1]",
    "return (signal.filtfilt([k,.2],[1., x[0,0]], np.concatenate([x,y,x],axis=1))**2).sum()",
    "return (signal.filtfilt([k,.2],[1., x[0,0], .1], np.concatenate([x,y,x]), axis=0, padtype='even', padlen=5)**2).sum()",
    "return (signal.filtfilt([k,.2],[1., x[0,0], .1], x, padtype='constant', padlen=2)**2).sum()",
    "return (signal.filtfilt([k,.2, .1],[1., .3], x, padtype=None)**2).sum()",
    "return signal.lfilter_zi([k,.2,.3], [1.,k]).sum()*signal.lfilter_zi([k,.2], [k,.3,.1])[1]",
    "return np.sum(np.abs(signal.hilbert(x))**2*y) + np.sum(signal.filtfilt([1.0, 0.5], [1.0], np.concatenate([x[0], y[0]]), padlen=2)**2)",
    "return np.sum(np.abs(signal.hilbert(x, axis=0))**2*y)",
    'return np.sum(ndimage.correlate1d(x, y[0,:3], axis=0)**2) + np.sum(ndimage.convolve1d(x, y[0], mode="constant", cval=k)**2)',
    'return np.sum(ndimage.uniform_filter(x, 3)**2) + np.sum(ndimage.uniform_filter1d(x, 2, mode="wrap")**2)',
    "return np.sum(ndimage.sobel(x)**2) + np.sum(ndimage.prewitt(x, axis=0)**2) + np.sum(ndimage.laplace(x)**2)",
    "d = spatial.distance.pdist(x); return np.sum(spatial.distance.squareform(d)*y[:, :3]) + np.sum(spatial.distance.squareform(spatial.distance.squareform(d)))",
    "return spatial.distance.mahalanobis(x[0], y[0], np.eye(4)*k) + spatial.distance.seuclidean(x[0], y[0], x[1]) + spatial.distance.jensenshannon(x[0], y[0]) + spatial.distance.jensenshannon(x[0], y[0], base=2.0)",
    "return np.sum(linalg.circulant(x[0])**2*y[0]) + np.sum(linalg.hankel(x[0])*y[0]) + np.sum(linalg.hankel(x[0], y[0])*y[0]) + np.sum(linalg.khatri_rao(x, y)**2)",
    "return np.sum(linalg.solve_toeplitz(x[0]+np.array([3.,0,0,0]), y[0])**2)",
    "a = x[:, :3] - 2*np.eye(3); return np.sum(linalg.solve_continuous_lyapunov(a, y[:, :3])**2) + np.sum(linalg.solve_discrete_lyapunov(a*0.1, y[:, :3])**2)",
    "s, res, rank, sv = linalg.lstsq(x.T, y[0]); return np.sum(s**2)",
    "return np.sum(linalg.circulant(x[0])**2*y[0])",
    "return np.sum(linalg.hankel(x[0])*y[0])",
    "return np.sum(linalg.hankel(x[0], y[0])*y[0])",
    "return np.sum(linalg.khatri_rao(x, y)**2)",
]
INTEGRALS = [
    "return integrate.quad(lambda t: t * x[0, 0]**2 + np.sin(t*k), 0.0, 1.0)[0]",
    "return integrate.quad(lambda t: np.exp(-k*t), 0.0, np.inf)[0]",
    "return integrate.quad(lambda t, c: np.exp(-k*t*t*c), -np.inf, np.inf, args=(x[0,0],))[0]",
    "return integrate.quad(lambda t: 1/(t*t+0.01*k), -k, x[0,0])[0]",
    "return integrate.fixed_quad(lambda t: t**3*k, 0.0, x[0,0], n=4)[0]",
]

# np.dot of arrays of higher rank is an einsum, and an integral is summed up in another order
CLOSE = (
    "np.stack([x, y])",
    "quad(",
    "sosfilt([[",
    "filtfilt([k",
    "signal.welch(",
    "signal.csd(",
    "signal.periodogram(",
    "simpson(x",
    "lfilter_zi",
)


def function_of(body: str) -> Any:
    """Return the function with this body."""
    text = "def f(x, y, k):\n" + "".join(f"    {line}\n" for line in body.replace("; ", "\n").split("\n"))
    name = f"<library program {next(counter)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    names = {**NAMES, "__name__": "library_programs"}
    exec(compile(text, name, "exec", dont_inherit=True), names)
    return names["f"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("body", [*ARRAYS, *REVIEWED, *LIBRARY, *INTEGRALS])
def test_value_and_derivatives(body: str) -> None:
    f = function_of(body)
    expected = f(X.copy(), Y.copy(), 0.7)
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1, 2))(X.copy(), Y.copy(), 0.7)
    if any(mark in body for mark in CLOSE):
        assert np.allclose(value, expected, rtol=1e-10, atol=1e-12)
    else:
        assert np.array_equal(value, expected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s2sad.check_grads(f, (X.copy(), Y.copy(), 0.7))
