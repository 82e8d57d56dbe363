using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>One cell. Slots are those of <see cref="RecurrentShape.Slots"/>; cells with fewer ignore the rest.</summary>
/// <remarks>
/// A method holds one function that takes many instructions, such as a hyperbolic tangent: the compiler stops inlining
/// where there are more. Functions of single gates therefore are loops of their own.
/// </remarks>
internal unsafe interface IRecurrentCell
{
    public static abstract int Slots { get; }

    public static abstract bool HasCell { get; }

    /// <summary>Adds the biases to the gates and applies those functions that concern one gate alone.</summary>
    public static abstract void Activate<V, T>(RecurrentBlock<T>* block)
        where V : struct, ISimd<V>
        where T : unmanaged;

    /// <summary><paramref name="h"/> and <paramref name="c"/> enter as the states before and leave as those after.</summary>
    public static abstract void Forward<V>(V s0, V s1, V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V>;

    /// <summary>
    /// Replaces the slots' values by their gradients; <paramref name="dh"/> and <paramref name="dc"/> enter as gradients of
    /// the states after and leave as what goes straight to those before.
    /// </summary>
    public static abstract void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>;
}

/// <summary>See <see cref="RecurrentMode.Relu"/>.</summary>
internal readonly unsafe struct ReluCell : IRecurrentCell
{
    public static int Slots => 1;

    public static bool HasCell => false;

    public static void Activate<V, T>(RecurrentBlock<T>* block)
        where V : struct, ISimd<V>
        where T : unmanaged => RecurrentLoops<ReluCell, V, T>.Apply<Relu>(block, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<V>(V s0, V s1, V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V> => h = s0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>
    {
        s0 = V.Select(V.Greater(s0, V.Zero), dh, V.Zero);
        dh = V.Zero;
    }

    private readonly struct Relu : IUnaryOp
    {
        // In this order of arguments NaN stays NaN.
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => V.Max(V.Zero, x);
    }
}

/// <summary>See <see cref="RecurrentMode.Tanh"/>.</summary>
internal readonly unsafe struct TanhCell : IRecurrentCell
{
    public static int Slots => 1;

    public static bool HasCell => false;

    public static void Activate<V, T>(RecurrentBlock<T>* block)
        where V : struct, ISimd<V>
        where T : unmanaged => RecurrentLoops<TanhCell, V, T>.Apply<TanhGate>(block, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<V>(V s0, V s1, V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V> => h = s0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>
    {
        s0 = dh * (V.One - (s0 * s0));
        dh = V.Zero;
    }
}

/// <summary>See <see cref="RecurrentMode.Lstm"/>; slots i, f, g, o.</summary>
internal readonly unsafe struct LstmCell : IRecurrentCell
{
    public static int Slots => 4;

    public static bool HasCell => true;

    public static void Activate<V, T>(RecurrentBlock<T>* block)
        where V : struct, ISimd<V>
        where T : unmanaged
    {
        RecurrentLoops<LstmCell, V, T>.Apply<SigmoidGate>(block, 0);
        RecurrentLoops<LstmCell, V, T>.Apply<SigmoidGate>(block, 1);
        RecurrentLoops<LstmCell, V, T>.Apply<TanhGate>(block, 2);
        RecurrentLoops<LstmCell, V, T>.Apply<SigmoidGate>(block, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<V>(V s0, V s1, V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V>
    {
        c = (s1 * c) + (s0 * s2);
        h = s3 * SimdMath.Tanh(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>
    {
        V squashed = SimdMath.Tanh(c);
        V input = s0;
        V forget = s1;
        dc += dh * s3 * (V.One - (squashed * squashed));
        s3 = dh * squashed * s3 * (V.One - s3);
        s0 = dc * s2 * input * (V.One - input);
        s1 = dc * cBefore * forget * (V.One - forget);
        s2 = dc * input * (V.One - (s2 * s2));
        dc *= forget;
        dh = V.Zero;
    }
}

/// <summary>See <see cref="RecurrentMode.Gru"/>; slots r, z, the recurrent part of n, n.</summary>
internal readonly unsafe struct GruCell : IRecurrentCell
{
    public static int Slots => 4;

    public static bool HasCell => false;

    public static void Activate<V, T>(RecurrentBlock<T>* block)
        where V : struct, ISimd<V>
        where T : unmanaged
    {
        RecurrentLoops<GruCell, V, T>.Apply<SigmoidGate>(block, 0);
        RecurrentLoops<GruCell, V, T>.Apply<SigmoidGate>(block, 1);
        RecurrentLoops<GruCell, V, T>.Apply<BiasAlone>(block, 2);
        RecurrentLoops<GruCell, V, T>.Apply<BiasAlone>(block, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Forward<V>(V s0, V s1, V s2, ref V s3, ref V h, ref V c)
        where V : struct, ISimd<V>
    {
        s3 = SimdMath.Tanh(s3 + (s0 * s2));
        h = s3 + (s1 * (h - s3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Backward<V>(
        ref V s0,
        ref V s1,
        ref V s2,
        ref V s3,
        V hBefore,
        V cBefore,
        V c,
        ref V dh,
        ref V dc
    )
        where V : struct, ISimd<V>
    {
        V reset = s0;
        V update = s1;
        V candidate = s3;
        s3 = dh * (V.One - update) * (V.One - (candidate * candidate));
        s1 = dh * (hBefore - candidate) * update * (V.One - update);
        s0 = s3 * s2 * reset * (V.One - reset);
        s2 = s3 * reset;
        dh *= update;
    }

    private readonly struct BiasAlone : IUnaryOp
    {
        public static V Invoke<V>(V x)
            where V : struct, ISimd<V> => x;
    }
}

internal readonly struct SigmoidGate : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Sigmoid(x);
}

internal readonly struct TanhGate : IUnaryOp
{
    public static V Invoke<V>(V x)
        where V : struct, ISimd<V> => SimdMath.Tanh(x);
}
