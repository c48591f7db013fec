"""Programs over objects of libraries that copy or share what they are given, flat views, and arguments that say how.

Bodies as in test_library_programs: the value is NumPy's and SciPy's, the derivatives are those of central differences.
"""

import warnings

import numpy as np
import pytest

import s2sad
from tests.conformance.test_library_programs import X, Y, function_of

MEMORY = [
    "s = interpolate.CubicSpline(np.arange(4.0), x, axis=1); return np.sum(s(k)**2) + np.sum(s(y[:2])**2) + np.sum(s(y, 1)**2)",
    "s = interpolate.PchipInterpolator(np.arange(4.0), x, axis=-1); return np.sum(s.derivative()(y[0])**2) + s.antiderivative()(k)[1]",
    "s = interpolate.CubicHermiteSpline(np.arange(4.0), x, y, axis=1); return np.sum(s(y)**2)",
    "s = interpolate.Akima1DInterpolator(np.arange(4.0), np.stack([x, y]), axis=2); return np.sum(s(y[0])**2)",
    "s = interpolate.PPoly(np.stack([x,y],axis=2), np.arange(5.)); return s(k).sum() + s.antiderivative()(k).sum()",
    "s = interpolate.PPoly(x[:, :3], np.arange(4.)); return s.antiderivative(2)(k) + s.antiderivative()(y).sum()",
    "P=np.polynomial.Polynomial; c=x[0].copy(); p=P(c); c*=2.0; return p(1.0)",
    "P=np.polynomial.Polynomial; c=x[0]; p=P(c); p.coef[0]=k; return p(k)+c[0]*c[1]",
    "w=y[0].copy(); s=interpolate.interp1d(np.arange(4.),w); w*=2; return s(0.5)",
    "d=x[0,:3].copy(); A=sparse.csr_array((d,([0,1,1],[0,0,1])),shape=(2,2)); d*=2; return np.sum(A@np.ones(2))",
    "d=x[0,:3].copy(); A=sparse.coo_array((d,([0,1,2],[0,0,1])),shape=(3,3)); C=A.tocsr(); d*=2; return np.sum(C@y[:,0])",
    "c=x[0,:3].copy(); b=interpolate.BSpline(np.array([0.,0,0,1,1,1]),c,2); db=b.derivative(); c*=2; return db(.3)",
    "K=np.array([0.,1.,2.,3.])*x[1,0]; s=interpolate.CubicSpline(K,K**3); K+=1.; return s(.5)",
    "A=sparse.csr_array((x[0,:3],np.array([0,1,1]),np.array([0,1,3])),shape=(2,2)); B=A.T; return np.sum(A@y[0,:2])+np.sum(B.toarray()**2)+np.sum(A.data*y[1,:3])",
    "p=np.poly1d(x[0]); q=p*p; return q(k)*q.c[0]+q.order",
    "p=np.polynomial.Polynomial(x[0]); q=p-p*k; return q(k)*q.degree()+(p*p)(k)",
    "p=np.poly1d(x[0,:3]); return k*(1+p[7])+p[1]*p[-1]",
    "z=np.concatenate([[0.0],x[0]]); return np.sum(np.polymul(z,np.array([1.,3.]))**2)",
    "z=np.concatenate([[0.0],x[0]]); return np.sum(np.polymul(z,z)**2)",
    "z=np.concatenate([[0.0],x[0]]); p=np.poly1d(z); q=p*p; return q(k)*q.c[0]+q.order*k",
    "c=x[:, :3]; pp=interpolate.PPoly(c, np.arange(4.)); return pp.derivative(3)(.5)+pp.derivative(0)(.7)*k",
    "return interpolate.CubicSpline(np.array([0.,1.]),x[0,:2])(k)",
    "return np.nansum(interpolate.BSpline(np.array([0.,0,0,1,1,1]),x[0,:3],2,extrapolate=False)(np.array([.3,2.])))",
]
FLAT = [
    "z = x.T.copy().T; z.flat[0] += 3.0*x[1,1]; return np.sum(z**2)",
    "w = x[:, ::2].copy(); z = w[::-1]; z.flat[2:4] *= 3.0; return np.sum(w**2)",
    "z = x[0].copy(); a = z.flat[1:]; a[0] = 9.0*k; return np.sum(z*y[0])",
    "z = x.copy(); a = z.flat[1:]; a[0] = 9.0*k; return np.sum(z*y)",
    "return np.sum(x.flat)*k+x.flat[3]",
    "return np.sum(signal.filtfilt([.2,.3],[1.,-.4],x,padtype=None)**2)",
    "return np.sum(x.ravel()[np.argpartition(x,3,axis=None)[:3]]**2)",
    "return np.sum(np.take_along_axis(x,np.array([1,5]),axis=None)**2)",
    "return (np.sort(x, axis=None)*np.arange(12)).sum()+np.partition(x, 3, axis=None)[3]",
    "return (x.ravel()[np.argsort(x, axis=None)]*np.arange(12)).sum()",
    "return np.linalg.norm(x, axis=None)+np.roll(x, 1, axis=None)[0,0]",
    "return np.repeat(x, 2, axis=None)[3]*k",
    "return np.flip(x, axis=None)[0,1]*np.cumsum(x, axis=None)[5]",
    "return np.moveaxis(x, 0, 1)[0,1]*np.trace(x, offset=1)",
    "return signal.detrend(x, axis=-1).sum()",
]
OPTIONS = [
    'return sum(spatial.distance.cdist(x, y, m, w=y[0]).sum() for m in ("cityblock","chebyshev","canberra","braycurtis","cosine","correlation"))',
    "return spatial.distance.minkowski(x[0], y[0], 3, w=y[1])+spatial.distance.euclidean(x[0],y[0],y[1])+spatial.distance.cosine(x[0],y[0],w=y[2])+spatial.distance.correlation(x[0],y[0],w=y[2])",
    "return stats.norm.isf(x*.5, k, 2.).sum()+stats.expon.isf(x, scale=k).sum()+stats.logistic.isf(x).sum()",
    "return np.quantile(x, .37, method='inverted_cdf')+np.quantile(x, [.2,.5], axis=1, method='closest_observation').sum()+np.quantile(x, .5, method='averaged_inverted_cdf')",
    "return (x[np.where(x > .5)]**2).sum()",
    "return (np.cumulative_sum(x, axis=1, include_initial=True)**2).sum()+np.cumulative_prod(x[0], include_initial=True).sum()",
    "return np.nansum(x, dtype=np.float64)*k+np.nancumsum(x, dtype=float)[3]",
    "return (np.vstack([x, y], dtype=np.float64)**2).sum()+np.hstack((x, y), dtype=float).sum()*k",
    "return x.cumsum(axis=0, dtype=np.float64).sum()+x.var(dtype=np.float64)+x.prod(dtype=np.float64)",
    "return np.quantile(x, .4, axis=1, weights=y[0], method='inverted_cdf').sum()+np.percentile(x, 40, axis=0, weights=y, method='inverted_cdf', keepdims=True).sum()",
    "return (interpolate.interp1d(np.arange(4.), x, axis=1)(np.array([.5, 1.2]))**2).sum()",
    "return (interpolate.interp1d(np.arange(3.), x, axis=0)(y[:2,:2])**2).sum()",
    "return (interpolate.interp1d(np.arange(4.), x)(k)**2).sum()",
    "return (interpolate.interp1d(np.arange(4.), x, kind='previous', bounds_error=False, fill_value=0.)(np.array([.5, 1.2, 7.]))**2).sum()",
    "return (interpolate.interp1d(np.arange(4.), x, kind='cubic')(np.array([.5, 1.2]))**2).sum()",
    "return (interpolate.interp1d(np.arange(4.), x[0], kind='quadratic')(y)).sum()",
    "return (interpolate.interp1d(np.arange(4.), x[0], kind=2)(y)).sum()",
    "return np.nansum(interpolate.BSpline(np.array([0.,0,0,1,1,1]),x[0,:3],2,extrapolate=False)(np.array([.3,2.])*k))",
    "return fft.dct(x, type=1).sum()*k",
    "return (fft.dct(x, n=6)**2).sum()",
    "return (fft.dct(x, n=2)**2).sum()",
    "return (fft.dctn(x)**2).sum()",
    "return (fft.dctn(x, type=2, norm='ortho')**2).sum()",
    "return (fft.dst(x, type=1)**2).sum()",
    "return (fft.idctn(x)**2).sum()",
    "return (fft.dstn(x, axes=(0,))**2).sum()+ (fft.idstn(x, type=3)**2).sum()",
    "return (fft.idct(x, type=1, axis=0)**2).sum()+(fft.idst(x, type=1)**2).sum()+(fft.idct(x, type=3, n=7)**2).sum()",
    "return (fft.dct(x, type=1, norm='ortho')**2).sum()*k",
    "return (fft.dct(x, norm='forward')**2).sum()*k+(fft.idst(x, norm='forward')*y).sum()",
    "return (fft.dctn(x, s=(2, 7))**2).sum()",
    "f2 = np.vectorize(lambda a, b: a*b, otypes=[float]); return f2(x, y).sum()",
    "f2 = np.vectorize(lambda a: a*k, otypes='d', doc='x'); return f2(x).sum()",
    "f2 = np.vectorize(lambda a: a*k); return f2(x).sum()",
    "return (linalg.eigh(x@x.T, y@y.T+np.eye(3), eigvals_only=True)**2).sum()",
    "w, v = linalg.eigh(x@x.T, y@y.T+np.eye(3)); return (w*np.abs(v)).sum()",
    "w, v = linalg.eigh(x@x.T, y@y.T+np.eye(3), lower=False); return (v[:,0]**2*x[:,0]).sum()",
    "return (linalg.eigvalsh(x@x.T, y@y.T+np.eye(3))**2).sum()",
    "w, v = linalg.eigh(x@x.T); return (w*np.abs(v)).sum()",
    "a = x@x.T+1j*(x[:, :3]-x[:, :3].T); b = y@y.T+np.eye(3)+1j*k*(x[:, :3]-x[:, :3].T)*.1; w, v = linalg.eigh(a, b); return (w*np.abs(v)).sum()",
    "pl, u = linalg.lu(x[:, :3]+np.eye(3), permute_l=True); return (pl*u).sum()",
    "p, l, u = linalg.lu(x[:, :3]+np.eye(3)); return (l*u).sum()",
    "p, l, u = linalg.lu(x[:, :3]+np.eye(3)); return (p@l@u).sum()*k",
    "return (signal.lfilter([1., 0.5], [1., -0.3], x, zi=y[:, :1])[0]**2).sum()",
    "o, z = signal.lfilter([1., 0.5, .2], np.array([2., -0.3]), x[0], zi=y[0,:2]); return (o*o).sum()+z[0]*z[1]",
    "o, z = signal.lfilter(x[0, :2], y[0, :3]+1, x.T, axis=0, zi=y[:2, :3]); return (o*o).sum()+(z*z).sum()",
    "return signal.lfilter([1., 0.5], [1., -0.3], x*k).sum()",
    "return signal.lfilter([1., 0.5], [1., -0.3], x*k, zi=None).sum()",
    "return ndimage.gaussian_filter(x, 1., order=1).sum()*k",
    "return (ndimage.gaussian_filter(x, k, order=(1,0), radius=2)**2).sum()",
    "return (ndimage.gaussian_filter1d(x, 1., order=2)**2).sum()",
    "return (ndimage.gaussian_filter1d(x, 1., order=3, axis=0, mode='constant')**2).sum()",
    "return (ndimage.gaussian_filter(x, 1.)**2).sum()*k",
    "return ndimage.gaussian_laplace(x, 1.).sum()*k",
    "return (ndimage.gaussian_gradient_magnitude(x, 1.)).sum()",
    "return (ndimage.median_filter(x, 3)*y).sum()",
    "return (ndimage.maximum_filter(x, 3)*y).sum()",
    "return (ndimage.maximum_filter(x[0], 3)*y[0]).sum()",
    "return (ndimage.minimum_filter(x, size=(1,3), mode='nearest')*y).sum()",
    "return (ndimage.maximum_filter1d(x, 3, axis=0)*y).sum()",
    "return np.sum(signal.correlate2d(x,np.array([[1.,2,3],[4,5,6]]),mode='same')**2)",
    "return np.sum(signal.correlate2d(x,y[:2, :2]*k,mode='same')**2)",
    "return np.sum(signal.correlate2d(x[:2, :2],y*k,mode='same')**2)",
    "p=np.polynomial.Polynomial(x[0]); return p(k)+np.polynomial.legendre.legval(x, y[0]).sum()",
    "return (np.polyval(x[0], y)**2).sum()+np.polyval(x[0], k)+np.polyval(x[0,:1], k)+np.polyval(x[0], y[0]).sum()",
    "return (np.polynomial.hermite.hermval(x, y[0])**2).sum()+(np.polynomial.laguerre.lagval(x, y[0,:1])**2).sum()+np.polynomial.chebyshev.chebvander(k, 3).sum()",
    "p=np.poly1d(x[0]); return (p(y)**2).sum()",
    "return (interpolate.make_interp_spline([0.0, 0.7, 1.1, 2.0], x[0])(y)**2).sum()",
    "return (np.quantile(x, 0.37, axis=1, method='averaged_inverted_cdf')**2).sum()",
    "return (np.quantile(x[0], 0.5, method='averaged_inverted_cdf')**2).sum()",
    "a = np.stack([x[:2,:3], y[:2,:3]]); q, r = np.linalg.qr(a); return (r**3).sum()*k+(q@r).sum()",
    "return (interpolate.interp1d(np.arange(4.), x[0], kind='cubic')(y)).sum()",
    "return np.cumsum(x, dtype=np.float64)[-1]*k",
    "return np.std(x, correction=1)*k",
    "return np.var(x, axis=0, correction=1).sum()",
    "return np.std(x, axis=1, ddof=1, mean=np.mean(x, axis=1, keepdims=True)).sum()",
    "a, w = np.average(x, axis=0, weights=y[:,0], returned=True); return (a*w).sum()",
    "a, w = np.average(x, weights=y, returned=True); return a*w",
    "return np.linalg.cholesky(x@x.T+np.eye(3), upper=True).sum()",
    "return (np.linalg.eigvalsh(x@x.T+np.diag([1.,2,3]), UPLO='U')**2).sum()",
    "return (np.linalg.qr(x.T, mode='r')**2).sum()",
    "return np.linalg.qr(x.T, 'r')[0,1]",
    "q, r = np.linalg.qr(x); return r[0,3]*k",
    "return stats.norm.isf(x*0.5).sum()",
    "return spatial.distance.pdist(x, 'minkowski', p=3, w=y[0]).sum()",
    "return spatial.distance.pdist(x, 'sqeuclidean', w=y[0]).sum()",
    "D = stats.norm if k < 1 else stats.laplace; return D.logpdf(x).sum()",
]

# what moves with a limit of an integral is what the function is there, and nothing where it jumps
JUMPS = [
    ("return integrate.quad(lambda t: 1.0 if t < 1.0 else 2.0, 0, 2.0*k)[0]", 4.0),
    ("return integrate.quad(lambda t: np.sign(t-1.0), 0.0, 2.0*k)[0]", 2.0),
    ("return integrate.quad(lambda t: t if t < 1 else 3.0+t*t, k, 2.0)[0]", -0.7),
    ("return integrate.quad(interpolate.interp1d(np.arange(3.0), [2.0, 3.0, 1.0], kind='previous'), 0, 2.0*k)[0]", 6.0),
    ("return integrate.quad(lambda t: np.exp(-t), k, np.inf)[0]", -np.exp(-0.7)),
    ("return integrate.quad(lambda t: np.exp(t), -np.inf, k)[0]", np.exp(0.7)),
]
REFUSED = [
    ("return np.sum(sparse.csr_matrix((x[0,:2], ([0,1],[1,0]))) @ y[:2])", "and its shape"),
    ("p = np.polynomial.Chebyshev(x[0]); return (p * p)(k)", "a product of two series of orthogonal polynomials"),
    (
        "return interpolate.RectBivariateSpline(np.arange(3.), np.arange(4.), x, kx=1, ky=1)(.5, .7)[0,0]",
        "scipy.interpolate.RectBivariateSpline has",
    ),
    ("return np.sum(interpolate.make_interp_spline(np.cumsum(x[0]), y[0])(0.7))", "with respect to its knots"),
    ("return np.sum(interpolate.make_interp_spline(np.cumsum(x[0]), y[0]).t)", "the places of the samples"),
    ("A = sparse.csr_array((x[0,:2], ([0,1],[1,0])), shape=(2,2)); return np.sum(A.data)", "no attribute 'data'"),
    ("A = sparse.coo_matrix((x[0,:2], ([0,0],[0,0])), shape=(2,2)); return A.tocsr().data[0]", "no attribute 'data'"),
    ("A = sparse.csr_matrix((x[0,:2], ([0,1],[1,0])), shape=(2,2)); return np.sum(A.todense())", "'todense'"),
    ("f = x.copy().flat; f[0] = k; return np.sum(f)", "a name of `.flat` is written to"),
    ("return integrate.quad(lambda t: np.exp(-t*k), np.inf, 0)[0]", "in ascending order"),
    ("return np.sum(signal.hilbert(x, axis=None).real)", "axis=None is not accepted"),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("body", [*MEMORY, *FLAT, *OPTIONS])
def test_value_and_derivatives(body: str) -> None:
    f = function_of(body)
    expected = f(X.copy(), Y.copy(), 0.7)
    value, _ = s2sad.value_and_grad(f, argnums=(0, 1, 2))(X.copy(), Y.copy(), 0.7)
    assert np.array_equal(value, expected)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        s2sad.check_grads(f, (X.copy(), Y.copy(), 0.7))


@pytest.mark.parametrize(("body", "slope"), JUMPS)
def test_the_limits_of_an_integral(body: str, slope: float) -> None:
    f = function_of(body)
    assert s2sad.grad(f, argnums=2)(X, Y, 0.7) == pytest.approx(slope, rel=1e-12)
    assert s2sad.jvp(f, (X, Y, 0.7), (0.0 * X, 0.0 * Y, 1.0))[1] == pytest.approx(slope, rel=1e-12)


def test_an_infinite_limit_that_is_not_written_so() -> None:
    f = function_of("return integrate.quad(lambda t: np.exp(-t*k), 0.0, y)[0]")
    with pytest.raises(ValueError, match=r"written as np\.inf"):
        s2sad.grad(f, argnums=2)(X, np.inf, 0.7)


def test_the_integral_of_a_spline() -> None:
    f = function_of("s = interpolate.CubicSpline(np.arange(4.0), x[0]); return s.integrate(0.1, 2.0*k)")
    assert s2sad.value_and_grad(f, argnums=(0, 2))(X, Y, 0.7)[0] == pytest.approx(f(X, Y, 0.7), rel=1e-13)
    s2sad.check_grads(f, (X, Y, 0.7))


def test_only_what_is_refused_is_named() -> None:
    f = function_of("return np.sum(np.union1d(x, y)) + np.sum(np.setdiff1d(x, y, assume_unique=True))")
    with pytest.raises(s2sad.UnsupportedError, match="assume_unique") as found:
        s2sad.grad(f, argnums=(0, 1, 2))(X, Y, 0.7)
    assert len(found.value.problems) == 1


@pytest.mark.parametrize(("body", "message"), REFUSED)
def test_refused(body: str, message: str) -> None:
    with pytest.raises(s2sad.S2sadError, match=message):
        s2sad.grad(function_of(body), argnums=(0, 1, 2))(X.copy(), Y.copy(), 0.7)
