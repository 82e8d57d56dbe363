using CoreEngine.Kernels;

namespace CoreEngine.Operators;

internal readonly struct Identity : IUnaryOp
{
    public static bool KeepsIntegers => true;

    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => x;
}

internal readonly struct Add : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x + y;
}

internal readonly struct Subtract : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x - y;
}

internal readonly struct Multiply : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x * y;
}

internal readonly struct Divide : IBinaryOp
{
    public static bool KeepsIntegers => true;

    public static V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x / y;
}
