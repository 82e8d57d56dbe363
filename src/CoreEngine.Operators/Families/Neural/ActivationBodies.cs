using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>The larger of x and 0; NaN gives 0.</summary>
internal readonly struct Rectifier : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Max(x, V.Zero);
}

/// <summary>g where y is positive, else 0.</summary>
internal readonly struct RectifierGradient : IBinaryOp
{
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => V.Select(V.Greater(y, V.Zero), g, V.Zero);
}

/// <summary>1 / (1 + exp(-x)).</summary>
internal readonly struct Logistic : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sigmoid(x);
}

/// <summary>The derivative of the logistic function by its value: y (1 - y).</summary>
internal readonly struct LogisticGradient : IBinaryOp
{
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * (y * (V.One - y));
}

/// <summary>The hyperbolic tangent.</summary>
internal readonly struct HyperbolicTangent : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Tanh(x);
}

/// <summary>The derivative of tanh by its value: 1 - y².</summary>
internal readonly struct HyperbolicTangentGradient : IBinaryOp
{
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * (V.One - (y * y));
}

/// <summary>log(1 + exp(x)).</summary>
internal readonly struct SoftRectifier : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Softplus(x);
}

/// <summary>The derivative of log(1 + exp(x)) by its value: 1 - exp(-y).</summary>
internal readonly struct SoftRectifierGradient : IBinaryOp
{
    public static V Invoke<V>(V g, V y)
        where V : struct, ISimd<V> => g * -SimdMath.Expm1(-y);
}

/// <summary>x where it is positive, else x times the slope.</summary>
internal readonly struct Leak : IBinaryOp
{
    public static V Invoke<V>(V x, V slope)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), x, x * slope);
}

/// <summary>1 where x is positive, else the slope.</summary>
internal readonly struct LeakFactor : IBinaryOp
{
    public static V Invoke<V>(V x, V slope)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), V.One, slope);
}

/// <summary>The gradient of a leaky rectifier with a slope for each element.</summary>
internal readonly struct LeakGradients : ITernaryOp
{
    public static V Invoke<V>(V g, V x, V slope)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), g, g * slope);
}

/// <summary>The gradient of a leaky rectifier with one slope for all.</summary>
internal readonly struct LeakGradient(double slope) : IBinaryBody
{
    private readonly double _slope = slope;

    public V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), g, g * V.Constant(_slope));
}

/// <summary>What a learned slope's gradient sums up: x g where x is not positive.</summary>
internal readonly struct SlopeGradient : IBinaryOp
{
    public static V Invoke<V>(V x, V g)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), V.Zero, x * g);
}

/// <summary>The exponential linear unit: x where positive, else slope (exp(x) - 1).</summary>
internal readonly struct ExponentialLinear : IBinaryOp
{
    public static V Invoke<V>(V x, V slope)
        where V : struct, ISimd<V> => V.Select(V.Greater(x, V.Zero), x, slope * SimdMath.Expm1(x));
}

/// <summary>The derivative of the exponential linear unit by its argument.</summary>
internal readonly struct ExponentialLinearGradient(double slope) : IBinaryBody
{
    private readonly double _slope = slope;

    public V Invoke<V>(V g, V x)
        where V : struct, ISimd<V> => g * V.Select(V.Greater(x, V.Zero), V.One, V.Constant(_slope) * SimdMath.Exp(x));
}
