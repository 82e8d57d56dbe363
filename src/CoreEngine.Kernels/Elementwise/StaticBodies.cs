using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>An operator without parameters, as a body: one set of loops serves both kinds.</summary>
internal readonly struct StaticBody<TOp> : IUnaryBody
    where TOp : struct, IUnaryOp
{
    public static bool KeepsIntegers => TOp.KeepsIntegers;

    public static bool IsLight => TOp.IsLight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V x)
        where V : struct, ISimd<V> => TOp.Invoke(x);
}

/// <inheritdoc cref="StaticBody{TOp}"/>
internal readonly struct StaticBinaryBody<TOp> : IBinaryBody
    where TOp : struct, IBinaryOp
{
    public static bool KeepsIntegers => TOp.KeepsIntegers;

    public static bool IsLight => TOp.IsLight;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => TOp.Invoke(x, y);
}

/// <summary>The element itself.</summary>
internal readonly struct CopyBody : IUnaryBody
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V x)
        where V : struct, ISimd<V> => x;
}

/// <summary>The sum, for accumulation into an output.</summary>
internal readonly struct AddBody : IBinaryBody
{
    public static bool KeepsIntegers => true;

    public static bool IsLight => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Invoke<V>(V x, V y)
        where V : struct, ISimd<V> => x + y;
}
