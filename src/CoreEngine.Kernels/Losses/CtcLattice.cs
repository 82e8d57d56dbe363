using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>How much memory a <see cref="CtcLattice{V, T}"/> takes.</summary>
internal static class CtcLattice
{
    /// <summary>States that are computed together at most, and logarithms of 0 around each row.</summary>
    internal const long Margin = 16;

    /// <summary>Elements from one row of states to the next.</summary>
    internal static long Pitch(long labels) => checked(((((2 * labels) + 1) + (Margin - 1)) & -Margin) + (2 * Margin));

    /// <summary>Elements for a sequence of so many steps: rows of beginnings, and six rows more.</summary>
    internal static long Elements(long steps, long labels, bool wantsGradient) =>
        checked(((wantsGradient ? steps + 1 : 2) + 6) * Pitch(labels));
}

/// <summary>
/// The states of one sequence: blank, first label, blank, second label, ..., blank. From one step to the next a reading
/// stays, goes on by one state, or leaves out the blank between two different labels. All values are logarithms of
/// probabilities, each row relative to its largest, and -infinity around the states.
/// </summary>
/// <remarks>Sums run over states in a fixed order; every row is a whole number of the widest registers.</remarks>
internal readonly unsafe ref struct CtcLattice<V, T>
    where V : struct, ISimd<V>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly T* _logarithms;
    private readonly long _stepStride;
    private readonly long _steps;
    private readonly long _classes;
    private readonly long* _labels;
    private readonly long _blank;
    private readonly long _states;
    private readonly long _wide;
    private readonly long _pitch;
    private readonly T* _skips;
    private readonly T* _emission;
    private readonly T* _endings;
    private readonly T* _sums;
    private readonly T* _beginnings;

    internal CtcLattice(
        T* memory,
        T* logarithms,
        long stepStride,
        long steps,
        long classes,
        long* labels,
        long labelCount,
        long blank
    )
    {
        _logarithms = logarithms;
        _stepStride = stepStride;
        _steps = steps;
        _classes = classes;
        _labels = labels;
        _blank = blank;
        _states = (2 * labelCount) + 1;
        _pitch = CtcLattice.Pitch(labelCount);
        _wide = _pitch - (2 * CtcLattice.Margin);
        _skips = memory + CtcLattice.Margin;
        _emission = _skips + _pitch;
        _endings = _emission + _pitch;
        _sums = _endings + (2 * _pitch);
        _beginnings = _sums + (2 * _pitch);
        long repeats = 0;
        for (long i = 1; i < labelCount; i++)
        {
            repeats += labels[i] == labels[i - 1] ? 1 : 0;
        }

        IsFeasible = labelCount + repeats <= steps;
        Clear(_skips);
        for (long i = 1; i < labelCount; i++)
        {
            if (labels[i] != labels[i - 1] && labels[i] != blank)
                _skips[(2 * i) + 1] = T.Zero;
        }
    }

    /// <summary>Whether the labelling fits into the sequence.</summary>
    internal bool IsFeasible { get; }

    /// <summary>The cost; the gradient replaces the logarithms of all steps when it is wanted.</summary>
    internal T Cost(bool wantsGradient)
    {
        if (!IsFeasible)
            return T.Zero;
        T cost = Forward(wantsGradient);
        if (wantsGradient)
            Backward();
        return cost;
    }

    /// <summary>Sets the gradients of some steps to 0.</summary>
    internal void ClearFrom(long first, long last)
    {
        for (long t = first; t < last; t++)
        {
            Elementwise.Fill(DTypes.Of<T>(), 0, _logarithms + (t * _stepStride), _classes);
        }
    }

    /// <summary>Probabilities of beginnings, step by step; row 0 is the state before the first step.</summary>
    private T Forward(bool keepsAll)
    {
        Clear(_beginnings);
        _beginnings[0] = T.Zero;
        double offset = 0;
        T largest = T.Zero;
        T* row = _beginnings;
        for (long t = 0; t < _steps; t++)
        {
            T* before = row;
            row = _beginnings + ((keepsAll ? t + 1 : (t + 1) & 1) * _pitch);
            ClearMargins(row);
            Emit(t);
            offset += double.CreateTruncating(largest);
            largest = Advance(before, row, largest);
            if (T.IsNegativeInfinity(largest))
            {
                // No reading has got this far; relative to what is no question any more.
                largest = T.Zero;
            }
        }

        double end = double.CreateTruncating(row[_states - 1]);
        double other = _states > 1 ? double.CreateTruncating(row[_states - 2]) : double.NegativeInfinity;
        return T.CreateTruncating(-(offset + LogSum(end, other)));
    }

    /// <summary>Probabilities of endings from the last step on, and with them the gradient of each step.</summary>
    private void Backward()
    {
        T* after = _endings;
        T* row = _endings + _pitch;
        Clear(after);
        Clear(row);
        after[_states - 1] = T.Zero;
        T largest = T.Zero;
        for (long t = _steps - 1; t >= 0; t--)
        {
            Emit(t);
            T* beginnings = _beginnings + ((t + 1) * _pitch);
            T likeliest = Retreat(after, beginnings, row, ref largest);
            if (T.IsNegativeInfinity(largest))
                largest = T.Zero;
            Gradient(t, likeliest);
            T* spent = after;
            after = row;
            row = spent;
        }
    }

    /// <summary>The logarithm of each state's probability at a step.</summary>
    private void Emit(long t)
    {
        T* from = _logarithms + (t * _stepStride);
        T blank = from[_blank];
        long labels = _states / 2;
        for (long i = 0; i < labels; i++)
        {
            _emission[2 * i] = blank;
            _emission[(2 * i) + 1] = from[_labels[i]];
        }

        _emission[_states - 1] = blank;
        Fill(_emission + _states, _wide - _states);
    }

    /// <summary>One row of beginnings from the one before; the largest of the new values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T Advance(T* before, T* row, T shift)
    {
        V shifts = V.Broadcast(&shift);
        V most = V.Constant(double.NegativeInfinity);
        for (long s = 0; s < _wide; s += V.Count)
        {
            V stay = V.Load(before + s);
            V next = V.Load(before + s - 1);
            V skip = V.Load(before + s - 2) + V.Load(_skips + s);
            V value = LogSum(stay, next, skip) + (V.Load(_emission + s) - shifts);
            V.Store(value, row + s);
            most = V.Max(most, value);
        }

        return Largest(most);
    }

    /// <summary>
    /// One row of endings from the one behind, and of the logarithms of how likely each state is at this step. Returns
    /// the largest of those, and the largest ending.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T Retreat(T* after, T* beginnings, T* row, ref T shift)
    {
        fixed (T* given = &shift)
        {
            V shifts = V.Broadcast(given);
            V most = V.Constant(double.NegativeInfinity);
            V likeliest = most;
            for (long s = 0; s < _wide; s += V.Count)
            {
                V stay = V.Load(after + s);
                V next = V.Load(after + s + 1);
                V skip = V.Load(after + s + 2) + V.Load(_skips + s + 2);
                V ending = LogSum(stay, next, skip) - shifts;
                V state = ending + V.Load(beginnings + s);
                V value = ending + V.Load(_emission + s);
                V.Store(state, _sums + s);
                V.Store(value, row + s);
                most = V.Max(most, value);
                likeliest = V.Max(likeliest, state);
            }

            shift = Largest(most);
            return Largest(likeliest);
        }
    }

    /// <summary>
    /// What the softmax says minus how likely the labelling makes each class at this step: replaces the logarithms.
    /// </summary>
    private void Gradient(long t, T likeliest)
    {
        T* to = _logarithms + (t * _stepStride);
        Elementwise.Unary<Exponential>(DTypes.Of<T>(), to, to, _classes);
        if (T.IsNegativeInfinity(likeliest))
            return;
        T sum = Weigh(likeliest);
        T factor = T.One / sum;
        T blank = T.Zero;
        long labels = _states / 2;
        for (long i = 0; i < labels; i++)
        {
            blank += _sums[2 * i];
            to[_labels[i]] -= _sums[(2 * i) + 1] * factor;
        }

        to[_blank] -= (blank + _sums[_states - 1]) * factor;
    }

    /// <summary>Turns the logarithms of the states into weights, the likeliest 1; their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T Weigh(T likeliest)
    {
        V center = V.Broadcast(&likeliest);
        for (long s = 0; s < _wide; s += V.Count)
        {
            V.Store(SimdMath.ExpOfNegative(V.Load(_sums + s) - center), _sums + s);
        }

        T sum = T.Zero;
        for (long s = 0; s < _states; s++)
        {
            sum += _sums[s];
        }

        return sum;
    }

    /// <summary>The logarithm of the sum of three numbers that are given by their logarithms.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogSum(V x, V y, V z)
    {
        // The sum counts the largest as 1, so its logarithm is never that of 0, unless all three are: then the largest,
        // -infinity, is the result.
        V largest = V.Max(x, V.Max(y, z));
        V center = V.Select(V.Equal(largest, V.Constant(double.NegativeInfinity)), V.Zero, largest);
        V sum =
            SimdMath.ExpOfNegative(x - center)
            + SimdMath.ExpOfNegative(y - center)
            + SimdMath.ExpOfNegative(z - center);
        return SimdMath.Log(V.Max(V.One, sum)) + largest;
    }

    private static double LogSum(double x, double y)
    {
        double largest = Math.Max(x, y);
        return double.IsNegativeInfinity(largest)
            ? largest
            : largest + Math.Log(Math.Exp(x - largest) + Math.Exp(y - largest));
    }

    private static T Largest(V most)
    {
        T* lanes = stackalloc T[64 / sizeof(T)];
        V.Store(most, lanes);
        T largest = lanes[0];
        for (int i = 1; i < V.Count; i++)
        {
            largest = T.Max(largest, lanes[i]);
        }

        return largest;
    }

    private void Clear(T* row) => Fill(row - CtcLattice.Margin, _pitch);

    private void ClearMargins(T* row)
    {
        Fill(row - CtcLattice.Margin, CtcLattice.Margin);
        Fill(row + _wide, CtcLattice.Margin);
    }

    private static void Fill(T* target, long count)
    {
        for (long i = 0; i < count; i++)
        {
            target[i] = T.NegativeInfinity;
        }
    }

    private readonly struct Exponential : IUnaryOp
    {
        public static W Invoke<W>(W x)
            where W : struct, ISimd<W> => SimdMath.Exp(x);
    }
}
