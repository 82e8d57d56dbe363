using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>What an element-wise loop stores: an operator applied to one register's worth of its operands.</summary>
internal unsafe interface IElementSource<TSelf, V>
    where TSelf : struct, IElementSource<TSelf, V>
    where V : struct, ISimd<V>
{
    /// <summary>The results of the elements from a place on, which is counted in bytes.</summary>
    public V At(nint offset);

    /// <summary>
    /// The same source over copies of operands that are shorter than a register; <paramref name="lanes"/> has room for three
    /// registers of the widest kind.
    /// </summary>
    public TSelf Padded(nint bytes, byte* lanes);
}

/// <summary><c>op(x)</c>.</summary>
internal readonly unsafe struct UnarySource<TOp, V>(TOp op, byte* x) : IElementSource<UnarySource<TOp, V>, V>
    where TOp : struct, IUnaryBody
    where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At(nint offset) => op.Invoke(V.Load(x + offset));

    public UnarySource<TOp, V> Padded(nint bytes, byte* lanes) => new(op, Lanes.Pad<V>(x, bytes, lanes));
}

/// <summary><c>op(a, b)</c>.</summary>
internal readonly unsafe struct BinarySource<TOp, V>(TOp op, byte* a, byte* b) : IElementSource<BinarySource<TOp, V>, V>
    where TOp : struct, IBinaryBody
    where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At(nint offset) => op.Invoke(V.Load(a + offset), V.Load(b + offset));

    public BinarySource<TOp, V> Padded(nint bytes, byte* lanes) =>
        new(op, Lanes.Pad<V>(a, bytes, lanes), Lanes.Pad<V>(b, bytes, lanes + Lanes.MaxBytes));
}

/// <summary><c>op(a, number)</c>.</summary>
internal readonly unsafe struct RightScalarSource<TOp, V>(TOp op, byte* a, V number)
    : IElementSource<RightScalarSource<TOp, V>, V>
    where TOp : struct, IBinaryBody
    where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At(nint offset) => op.Invoke(V.Load(a + offset), number);

    public RightScalarSource<TOp, V> Padded(nint bytes, byte* lanes) => new(op, Lanes.Pad<V>(a, bytes, lanes), number);
}

/// <summary><c>op(number, b)</c>.</summary>
internal readonly unsafe struct LeftScalarSource<TOp, V>(TOp op, V number, byte* b)
    : IElementSource<LeftScalarSource<TOp, V>, V>
    where TOp : struct, IBinaryBody
    where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At(nint offset) => op.Invoke(number, V.Load(b + offset));

    public LeftScalarSource<TOp, V> Padded(nint bytes, byte* lanes) => new(op, number, Lanes.Pad<V>(b, bytes, lanes));
}

/// <summary><c>op(a, b, c)</c>.</summary>
internal readonly unsafe struct TernarySource<TOp, V>(byte* a, byte* b, byte* c)
    : IElementSource<TernarySource<TOp, V>, V>
    where TOp : struct, ITernaryOp
    where V : struct, ISimd<V>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V At(nint offset) => TOp.Invoke(V.Load(a + offset), V.Load(b + offset), V.Load(c + offset));

    public TernarySource<TOp, V> Padded(nint bytes, byte* lanes) =>
        new(
            Lanes.Pad<V>(a, bytes, lanes),
            Lanes.Pad<V>(b, bytes, lanes + Lanes.MaxBytes),
            Lanes.Pad<V>(c, bytes, lanes + (2 * Lanes.MaxBytes))
        );
}
