using CoreEngine.Kernels;

namespace CoreEngine.Perf;

internal readonly struct Add : IBinaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x + y;
}

internal readonly struct Subtract : IBinaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x - y;
}

internal readonly struct Multiply : IBinaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x * y;
}

internal readonly struct Divide : IBinaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x / y;
}

internal readonly struct Maximum : IBinaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => V.Max(x, y);
}

internal readonly struct Power : IBinaryOp
{
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => SimdMath.Pow(x, y);
}

internal readonly struct Hypotenuse : IBinaryOp
{
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => SimdMath.Hypot(x, y);
}

internal readonly struct Remainder : IBinaryOp
{
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => SimdMath.Modulo(x, y);
}

internal readonly struct ArcTangent2 : IBinaryOp
{
    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => SimdMath.Atan2(x, y);
}

internal readonly struct MultiplyAdd : ITernaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x, V y, V z)
        where V : struct, ISimd<V> => V.MultiplyAdd(x, y, z);
}

internal readonly struct Choose : ITernaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x, V y, V z)
        where V : struct, ISimd<V> => V.Select(V.NotEqual(x, V.Zero), y, z);
}

internal readonly struct Relu : IUnaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Max(x, V.Zero);
}

internal readonly struct Magnitude : IUnaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Abs(x);
}

internal readonly struct Negative : IUnaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => -x;
}

internal readonly struct Square : IUnaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => x * x;
}

internal readonly struct SquareRoot : IUnaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Sqrt(x);
}

internal readonly struct ReciprocalSquareRoot : IUnaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Rsqrt(x);
}

internal readonly struct Floor : IUnaryOp
{
    public static bool IsLight => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Floor(x);
}

internal readonly struct Clip(float low, float high) : IUnaryBody
{
    public static bool IsLight => true;

    public V Invoke<V>(V x)
        where V : struct, ISimd<V> => V.Max(V.Constant(low), V.Min(V.Constant(high), x));
}

internal readonly struct Exp : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Exp(x);
}

internal readonly struct Expm1 : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Expm1(x);
}

internal readonly struct Log : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Log(x);
}

internal readonly struct Log2 : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Log2(x);
}

internal readonly struct Log1p : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Log1p(x);
}

internal readonly struct Tanh : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Tanh(x);
}

internal readonly struct Sigmoid : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sigmoid(x);
}

internal readonly struct Sin : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sin(x);
}

internal readonly struct Cos : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Cos(x);
}

internal readonly struct Tan : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Tan(x);
}

internal readonly struct ArcTangent : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Atan(x);
}

internal readonly struct ArcSine : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Asin(x);
}

internal readonly struct Sinh : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sinh(x);
}

internal readonly struct CubeRoot : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Cbrt(x);
}
