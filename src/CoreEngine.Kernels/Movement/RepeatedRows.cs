using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>Copies rows each of whose elements stands several times in a row: what enlarging and repeating do.</summary>
internal static unsafe class RepeatedRows
{
    /// <summary>From here on an element's copies fill a register.</summary>
    private const int Long = 8;

    /// <summary>Runs the copy that a plan describes, if it is of this kind; otherwise the plan stays as it is.</summary>
    internal static bool TryRun(ref StridedPlan plan, int size, byte* x, byte* y)
    {
        int last = plan.Rank - 1;
        bool fits =
            last >= 1
            && plan.Y[last] == 1
            && plan.A[last] == 0
            && plan.Extents[last] < Long
            && plan.A[last - 1] == 1
            && plan.Y[last - 1] == plan.Extents[last];
        if (!fits)
            return false;
        StridedPlan rows = plan;
        rows.Rank = last;
        rows.Extents[last - 1] *= plan.Extents[last];
        rows.Y[last - 1] = 1;
        var call = new Call
        {
            Plan = &rows,
            Size = size,
            Times = (int)plan.Extents[last],
            X = x,
            Y = y,
        };
        long length = rows.Extents[last - 1];
        KernelTeam.Default.For(rows.Size / length, Math.Max(1, Elementwise.Grain / length), &Run, &call);
        return true;
    }

    private static void Run(void* state, long start, long end)
    {
        var call = (Call*)state;
        long length = call->Plan->Extents[call->Plan->Rank - 1];
        var walk = new RowWalk(call->Plan, start * length);
        for (long row = start; row < end; row++)
        {
            byte* x = call->X + (walk.A * call->Size);
            byte* y = call->Y + (walk.Y * call->Size);
            long count = length / call->Times;
            switch (call->Size)
            {
                case 1:
                    Expand(x, y, count, call->Times);
                    break;
                case 2:
                    Expand((short*)x, (short*)y, count, call->Times);
                    break;
                case 4:
                    long done = Avx2.IsSupported ? ExpandRegisters((int*)x, (int*)y, count, call->Times) : 0;
                    Expand((int*)x + done, (int*)y + (done * call->Times), count - done, call->Times);
                    break;
                default:
                    Expand((long*)x, (long*)y, count, call->Times);
                    break;
            }

            walk.Next(call->Plan);
        }
    }

    /// <summary>Eight elements become as many registers as each is to stand times; returns how many elements are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long ExpandRegisters(int* x, int* y, long count, int times)
    {
        int* places = stackalloc int[Long * Long];
        for (int i = 0; i < 8 * times; i++)
        {
            places[i] = i / times;
        }

        long done = 0;
        for (; done + 8 <= count; done += 8)
        {
            Vector256<int> values = Vector256.Load(x + done);
            for (int i = 0; i < 8 * times; i += 8, y += 8)
            {
                Avx2.PermuteVar8x32(values, Vector256.Load(places + i)).Store(y);
            }
        }

        return done;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Expand<T>(T* x, T* y, long count, int times)
        where T : unmanaged
    {
        for (long i = 0; i < count; i++)
        {
            T value = x[i];
            for (int j = 0; j < times; j++)
            {
                *y++ = value;
            }
        }
    }

    private struct Call
    {
        internal StridedPlan* Plan;
        internal int Size;
        internal int Times;
        internal byte* X;
        internal byte* Y;
    }
}
