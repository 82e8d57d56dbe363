using System.Numerics;

namespace CoreEngine.Kernels;

/// <summary>
/// Turns a detector's predictions into boxes: each anchor's likeliest class and moved box, the likeliest first, without
/// those that a likelier one overlaps (greedy non-maximum suppression).
/// </summary>
/// <param name="Batch">Number of samples.</param>
/// <param name="Classes">Number of classes, background (0) included.</param>
/// <param name="Anchors">Number of anchor boxes, the same for all samples.</param>
/// <param name="Threshold">The least probability that counts.</param>
/// <param name="Clip">Cut off what reaches beyond the image.</param>
/// <param name="SuppressionThreshold">From what overlap on a less likely box is dropped; outside (0, 1] none is.</param>
/// <param name="AcrossClasses">Boxes are dropped for those of other classes too.</param>
/// <param name="Sorted">How many of the likeliest are brought to the front; 0 or less: all.</param>
/// <remarks>
/// Where not all are sorted, the places behind those that are keep what they held before, and may repeat boxes that stand
/// at the front; suppression then drops the repetitions.
/// </remarks>
public readonly unsafe record struct BoxDetection(
    long Batch,
    long Classes,
    long Anchors,
    float Threshold,
    bool Clip,
    float SuppressionThreshold,
    bool AcrossClasses,
    long Sorted
)
{
    /// <summary>Numbers of a result: class (0 is the first behind background), probability, left, top, right, bottom.</summary>
    public const int ResultWidth = 6;

    /// <summary>Bytes of scratch memory that <see cref="Detect"/> needs.</summary>
    public long Scratch(DType dtype) => Batch * ScratchOfSample(dtype.ItemSize());

    private long ScratchOfSample(int itemSize) =>
        Aligned(Anchors * (ResultWidth + 1) * itemSize) + Aligned(Anchors * sizeof(long)) + Sort.Scratch(Anchors);

    private static long Aligned(long bytes) => (bytes + 63) & ~63L;

    /// <summary>Detects the objects of every sample.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="probabilities">Of the classes (batch, classes, anchors).</param>
    /// <param name="offsets">Where each box lies, seen from its anchor (batch, 4 anchors).</param>
    /// <param name="anchors">4 numbers per anchor: left, top, right, bottom.</param>
    /// <param name="variances">By what the four offsets are multiplied.</param>
    /// <param name="results">
    /// Out: <see cref="ResultWidth"/> numbers per box (batch, anchors, 6). A dropped box has the class -1; behind the last
    /// one all numbers are -1.
    /// </param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Detect(
        DType dtype,
        void* probabilities,
        void* offsets,
        void* anchors,
        ReadOnlySpan<float> variances,
        void* results,
        void* scratch
    )
    {
        fixed (float* scales = variances)
        {
            var call = new Call
            {
                Sizes = this,
                Variances = scales,
                Probabilities = probabilities,
                Offsets = offsets,
                Anchors = anchors,
                Results = results,
                Scratch = (byte*)scratch,
            };
            switch (dtype)
            {
                case DType.Float32:
                    KernelTeam.Default.For(Batch, 1, &Run<float>, &call);
                    break;
                case DType.Float64:
                    KernelTeam.Default.For(Batch, 1, &Run<double>, &call);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(
                        nameof(dtype),
                        dtype,
                        "Only float32 and float64 are computed."
                    );
            }
        }
    }

    private struct Call
    {
        internal BoxDetection Sizes;
        internal float* Variances;
        internal void* Probabilities;
        internal void* Offsets;
        internal void* Anchors;
        internal void* Results;
        internal byte* Scratch;
    }

    private static void Run<T>(void* state, long start, long end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var call = (Call*)state;
        BoxDetection sizes = call->Sizes;
        for (long sample = start; sample < end; sample++)
        {
            T* results = (T*)call->Results + (sample * sizes.Anchors * ResultWidth);
            long count = sizes.Decode(
                (T*)call->Probabilities + (sample * sizes.Classes * sizes.Anchors),
                (T*)call->Offsets + (sample * 4 * sizes.Anchors),
                (T*)call->Anchors,
                new Variances<T>(call->Variances),
                results
            );
            if (count == 0 || !(sizes.SuppressionThreshold > 0 && sizes.SuppressionThreshold <= 1))
                continue;
            sizes.SortBoxes(results, count, call->Scratch + (sample * sizes.ScratchOfSample(sizeof(T))));
            sizes.Suppress(results, count);
        }
    }

    /// <summary>The boxes of anchors that are likely enough, in their order.</summary>
    private long Decode<T>(T* probabilities, T* offsets, T* anchors, in Variances<T> variances, T* results)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T threshold = T.CreateChecked(Threshold);
        LongRuns.Fill(results, Anchors * ResultWidth, T.NegativeOne);
        long count = 0;
        for (long anchor = 0; anchor < Anchors; anchor++)
        {
            long likeliest = -1;
            T most = T.NegativeOne;
            for (long c = 1; c < Classes; c++)
            {
                T probability = probabilities[(c * Anchors) + anchor];
                if (probability > most)
                {
                    most = probability;
                    likeliest = c;
                }
            }

            if (likeliest < 0 || most < threshold)
                continue;
            T* result = results + (count++ * ResultWidth);
            result[0] = T.CreateChecked(likeliest - 1);
            result[1] = most;
            Box<T> box = new Box<T>(anchors + (4 * anchor)).Decode(offsets + (4 * anchor), variances);
            (Clip ? box.Clipped : box).Store(result + 2);
        }

        return count;
    }

    private void SortBoxes<T>(T* results, long count, byte* scratch)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* before = (T*)scratch;
        T* probabilities = before + (count * ResultWidth);
        var order = (long*)(scratch + Aligned(Anchors * (ResultWidth + 1) * sizeof(T)));
        void* sorting = (byte*)order + Aligned(Anchors * sizeof(long));
        LongRuns.Copy(results, before, count * ResultWidth);
        for (long i = 0; i < count; i++)
        {
            probabilities[i] = before[(i * ResultWidth) + 1];
        }

        long sorted = Sorted > 0 ? Math.Min(Sorted, count) : count;
        Sort.Order(DTypes.Of<T>(), probabilities, 1, count, 1, ascending: false, sorted, order, sorting);
        for (long i = 0; i < sorted; i++)
        {
            new Span<T>(before + (order[i] * ResultWidth), ResultWidth).CopyTo(
                new Span<T>(results + (i * ResultWidth), ResultWidth)
            );
        }
    }

    private void Suppress<T>(T* results, long count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T threshold = T.CreateChecked(SuppressionThreshold);
        for (long i = 0; i < count; i++)
        {
            T* kept = results + (i * ResultWidth);
            if (kept[0] < T.Zero)
                continue;
            var box = new Box<T>(kept + 2);
            for (long j = i + 1; j < count; j++)
            {
                T* other = results + (j * ResultWidth);
                bool competes = other[0] >= T.Zero && (AcrossClasses || other[0] == kept[0]);
                if (competes && Box<T>.Overlap(box, new Box<T>(other + 2)) >= threshold)
                    other[0] = T.NegativeOne;
            }
        }
    }
}
