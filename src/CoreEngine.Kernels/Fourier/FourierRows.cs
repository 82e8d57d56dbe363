using System.Numerics;
using System.Runtime.CompilerServices;

namespace CoreEngine.Kernels;

/// <summary>What <see cref="FourierRows{V, T}"/> needs.</summary>
internal static class FourierRows
{
    /// <summary>Rows that are transformed side by side at most.</summary>
    internal const int MostLanes = 8;

    /// <summary>Registers behind the last array that may be overwritten.</summary>
    internal const long Slack = 8;
}

/// <summary>Transforms as many rows at once as a register has lanes.</summary>
internal readonly unsafe ref struct FourierRows<V, T>
    where V : struct, ISimd<V>
    where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
{
    private readonly FourierPlan<T>* _plan;
    private readonly T* _work;
    private readonly T* _other;
    private readonly T* _rows;

    /// <summary>In memory for two complex rows to work in, and one more of full length.</summary>
    internal FourierRows(FourierPlan<T>* plan, T* memory)
    {
        _plan = plan;
        long work = Math.Max(plan->ComplexLength, plan->Convolution);
        _work = memory;
        _other = _work + (2 * work * V.Count);
        _rows = _other + (2 * work * V.Count);
    }

    /// <summary>Real rows to complex rows.</summary>
    internal void Forward(T* x, T* y, int count)
    {
        long length = _plan->Length;
        if (length % 2 != 0)
        {
            Gather(x, length, count, _rows);
            for (long i = 0; i < length; i++)
            {
                V.Store(V.Load(At(_rows, i)), At(_work, 2 * i));
                V.Store(V.Zero, At(_work, (2 * i) + 1));
            }

            Scatter(Transform(), y, 2 * length, count);
            return;
        }

        // Neighbours are real and imaginary part of one number.
        Gather(x, length, count, _work);
        Untangle(Transform());
        Scatter(_rows, y, 2 * length, count);
    }

    /// <summary>Complex rows to real rows.</summary>
    /// <remarks>The inverse transform of numbers is the transform of the same numbers in reverse, the first staying first.</remarks>
    internal void Inverse(T* x, T* y, int count)
    {
        long length = _plan->Length;
        Gather(x, 2 * length, count, _rows);
        if (length % 2 == 0)
        {
            Tangle();
            Scatter(Transform(), y, length, count);
            return;
        }

        for (long i = 0; i < length; i++)
        {
            long mirror = i == 0 ? 0 : length - i;
            V.Store(V.Load(At(_rows, 2 * i)), At(_work, 2 * mirror));
            V.Store(V.Load(At(_rows, (2 * i) + 1)), At(_work, (2 * mirror) + 1));
        }

        T* result = Transform();
        for (long i = 0; i < length; i++)
        {
            V.Store(V.Load(At(result, 2 * i)), At(_rows, i));
        }

        Scatter(_rows, y, length, count);
    }

    /// <summary>
    /// From the transform Z of even elements plus i times odd ones to the transform of all: half the sum of Z[k] and the
    /// conjugate of Z[n - k] belongs to the even ones, their difference to the odd ones.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Untangle(T* z)
    {
        long n = _plan->ComplexLength;
        T* roots = _plan->Roots;
        V half = V.Constant(0.5);
        for (long k = 0; k <= n; k++)
        {
            long here = k == n ? 0 : k;
            long there = k == 0 ? 0 : n - k;
            (V ar, V ai) = (V.Load(At(z, 2 * here)), V.Load(At(z, (2 * here) + 1)));
            (V br, V bi) = (V.Load(At(z, 2 * there)), V.Load(At(z, (2 * there) + 1)));
            (V evenReal, V evenImaginary) = (half * (ar + br), half * (ai - bi));
            (V oddReal, V oddImaginary) = (half * (ai + bi), half * (br - ar));
            (V cos, V sin) = (V.Broadcast(roots + (2 * k)), V.Broadcast(roots + (2 * k) + 1));
            V real = evenReal + ((oddReal * cos) - (oddImaginary * sin));
            V imaginary = evenImaginary + V.MultiplyAdd(oddImaginary, cos, oddReal * sin);
            V.Store(real, At(_rows, 2 * k));
            V.Store(imaginary, At(_rows, (2 * k) + 1));
            if (k == 0 || k == n)
                continue;
            long mirror = (2 * n) - k;
            V.Store(real, At(_rows, 2 * mirror));
            V.Store(-imaginary, At(_rows, (2 * mirror) + 1));
        }
    }

    /// <summary>
    /// From complex numbers X to the transform of the even results plus i times the odd ones. What counts for a real
    /// result is Y[k], half the sum of X[k] and the conjugate of X[length - k]: Y[k] + Y[k + n] belongs to the even
    /// results, their difference, turned back, to the odd ones.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tangle()
    {
        long n = _plan->ComplexLength;
        T* roots = _plan->Roots;
        V half = V.Constant(0.5);
        for (long k = 0; k < n; k++)
        {
            long mirror = k == 0 ? 0 : (2 * n) - k;
            (V ar, V ai) = (V.Load(At(_rows, 2 * k)), V.Load(At(_rows, (2 * k) + 1)));
            (V br, V bi) = (V.Load(At(_rows, 2 * mirror)), V.Load(At(_rows, (2 * mirror) + 1)));
            (V cr, V ci) = (V.Load(At(_rows, 2 * (k + n))), V.Load(At(_rows, (2 * (k + n)) + 1)));
            (V dr, V di) = (V.Load(At(_rows, 2 * (n - k))), V.Load(At(_rows, (2 * (n - k)) + 1)));
            (V lowReal, V lowImaginary) = (half * (ar + br), half * (ai - bi));
            (V highReal, V highImaginary) = (half * (cr + dr), half * (ci - di));
            (V oddReal, V oddImaginary) = (lowReal - highReal, lowImaginary - highImaginary);
            (V cos, V sin) = (V.Broadcast(roots + (2 * k)), V.Broadcast(roots + (2 * k) + 1));
            V turnedReal = V.MultiplyAdd(oddReal, cos, oddImaginary * sin);
            V turnedImaginary = (oddImaginary * cos) - (oddReal * sin);
            long place = k == 0 ? 0 : n - k;
            V.Store(lowReal + highReal - turnedImaginary, At(_work, 2 * place));
            V.Store(lowImaginary + highImaginary + turnedReal, At(_work, (2 * place) + 1));
        }
    }

    private T* Transform()
    {
        if (_plan->Convolution == 0)
            return _plan->Stages.Run<V>(_work, _other);
        long n = _plan->ComplexLength;
        long m = _plan->Convolution;
        Turn(_work, _plan->Chirp, n, _work, mirror: false);
        for (long i = 2 * n; i < 2 * m; i++)
        {
            V.Store(V.Zero, At(_work, i));
        }

        T* spectrum = _plan->Stages.Run<V>(_work, _other);
        T* product = spectrum == _work ? _other : _work;
        Turn(spectrum, _plan->Spectrum, m, product, mirror: true);
        T* convolved = _plan->Stages.Run<V>(product, spectrum);
        Turn(convolved, _plan->Chirp, n, convolved, mirror: false);
        return convolved;
    }

    /// <summary>Products of complex numbers; optionally in reverse, the first staying first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(T* x, T* factors, long count, T* y, bool mirror)
    {
        for (long k = 0; k < count; k++)
        {
            (V real, V imaginary) = (V.Load(At(x, 2 * k)), V.Load(At(x, (2 * k) + 1)));
            (V cos, V sin) = (V.Broadcast(factors + (2 * k)), V.Broadcast(factors + (2 * k) + 1));
            long place = mirror && k > 0 ? count - k : k;
            V.Store((real * cos) - (imaginary * sin), At(y, 2 * place));
            V.Store(V.MultiplyAdd(imaginary, cos, real * sin), At(y, (2 * place) + 1));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T* At(T* registers, long index) => registers + (index * V.Count);

    /// <summary>One element of each row into each register; lanes without a row are 0.</summary>
    private static void Gather(T* source, long stride, int rows, T* target)
    {
        if (typeof(T) == typeof(float) && V.Count == LaneTransposition.Lanes)
        {
            LaneTransposition.Gather((float*)source, stride, rows, stride, stride, (float*)target);
            return;
        }

        for (int lane = 0; lane < V.Count; lane++)
        {
            T* row = source + (lane * stride);
            for (long i = 0; i < stride; i++)
            {
                target[(i * V.Count) + lane] = lane < rows ? row[i] : T.Zero;
            }
        }
    }

    /// <summary>The other way round.</summary>
    private static void Scatter(T* source, T* target, long stride, int rows)
    {
        long first = 0;
        if (typeof(T) == typeof(float) && V.Count == LaneTransposition.Lanes && rows == V.Count)
        {
            for (; first + V.Count <= stride; first += V.Count)
            {
                LaneTransposition.Block((float*)source + (first * V.Count), V.Count, (float*)target + first, stride);
            }
        }

        for (int lane = 0; lane < rows; lane++)
        {
            for (long i = first; i < stride; i++)
            {
                target[(lane * stride) + i] = source[(i * V.Count) + lane];
            }
        }
    }
}
