using System.Numerics;
using System.Runtime.Intrinsics;

namespace CoreEngine.Kernels;

/// <summary>
/// Connectionist temporal classification: minus the logarithm of the probability that a sequence of distributions, read
/// with repeats and blanks left out, gives a labelling (Graves, Fernandez, Gomez, Schmidhuber, "Connectionist temporal
/// classification: labelling unsegmented sequence data with recurrent neural networks", 2006).
/// </summary>
/// <remarks>
/// Probabilities of beginnings and endings are kept as logarithms relative to the likeliest of their step, so that long
/// sequences lose no precision. A labelling that does not fit into its sequence, repeats being kept apart by blanks, costs
/// 0 and has no gradient, as in MXNet.
/// </remarks>
/// <param name="Steps">Steps of the longest sequence.</param>
/// <param name="Batch">Number of sequences.</param>
/// <param name="Classes">Number of classes, the blank included.</param>
/// <param name="MostLabels">Labels of the longest labelling.</param>
/// <param name="Blank">The class of the blank.</param>
public readonly unsafe record struct CtcLoss(long Steps, long Batch, long Classes, long MostLabels, long Blank)
{
    private readonly long _slots = Math.Min(Batch, KernelTeam.Default.Size);

    /// <summary>Bytes of scratch memory that <see cref="Run"/> needs.</summary>
    /// <param name="dtype">The type of the data.</param>
    /// <param name="wantsGradient">Whether gradients are computed.</param>
    public long Scratch(DType dtype, bool wantsGradient) =>
        checked(_slots * CtcLattice.Elements(Steps, MostLabels, wantsGradient) * dtype.ItemSize());

    /// <summary>The costs, and optionally the gradient of each with respect to the data before its softmax.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="logarithms">
    /// Logarithms of the probabilities (steps, batch, classes); replaced by the gradient when it is wanted, which is 0
    /// behind the end of a sequence.
    /// </param>
    /// <param name="labels">Classes (batch, most labels), each within range; what lies behind a labelling is not read.</param>
    /// <param name="labelLengths">Number of labels of each sequence, 0 to the most.</param>
    /// <param name="dataLengths">Number of steps of each sequence, 0 to all.</param>
    /// <param name="costs">Out: one number for each sequence.</param>
    /// <param name="wantsGradient">Whether to compute the gradient.</param>
    /// <param name="scratch"><see cref="Scratch"/> bytes, aligned to 64.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not float32 or float64.</exception>
    public void Run(
        DType dtype,
        void* logarithms,
        long* labels,
        long* labelLengths,
        long* dataLengths,
        void* costs,
        bool wantsGradient,
        void* scratch
    )
    {
        var call = new Call
        {
            Sizes = this,
            Logarithms = logarithms,
            Labels = labels,
            LabelLengths = labelLengths,
            DataLengths = dataLengths,
            Costs = costs,
            WantsGradient = wantsGradient,
            Scratch = scratch,
        };
        switch (dtype)
        {
            case DType.Float32:
                KernelTeam.Default.For(_slots, 1, &Run<float>, &call);
                break;
            case DType.Float64:
                KernelTeam.Default.For(_slots, 1, &Run<double>, &call);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Only float32 and float64 are computed.");
        }
    }

    private static void Run<T>(void* state, long first, long last)
        where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        if (Vector512.IsHardwareAccelerated)
            Slots<Simd512<T>, T>((Call*)state, first, last);
        else if (Vector256.IsHardwareAccelerated)
            Slots<Simd256<T>, T>((Call*)state, first, last);
        else
            Slots<Simd128<T>, T>((Call*)state, first, last);
    }

    /// <summary>A slot has memory for one sequence and takes every slots-th of them.</summary>
    private static void Slots<V, T>(Call* call, long first, long last)
        where V : struct, ISimd<V>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        CtcLoss sizes = call->Sizes;
        long elements = CtcLattice.Elements(sizes.Steps, sizes.MostLabels, call->WantsGradient);
        for (long slot = first; slot < last; slot++)
        {
            for (long n = slot; n < sizes.Batch; n += sizes._slots)
            {
                var sample = new CtcLattice<V, T>(
                    (T*)call->Scratch + (slot * elements),
                    (T*)call->Logarithms + (n * sizes.Classes),
                    sizes.Batch * sizes.Classes,
                    call->DataLengths[n],
                    sizes.Classes,
                    call->Labels + (n * sizes.MostLabels),
                    call->LabelLengths[n],
                    sizes.Blank
                );
                ((T*)call->Costs)[n] = sample.Cost(call->WantsGradient);
                if (call->WantsGradient)
                    sample.ClearFrom(sample.IsFeasible ? call->DataLengths[n] : 0, sizes.Steps);
            }
        }
    }

    private struct Call
    {
        internal CtcLoss Sizes;
        internal void* Logarithms;
        internal long* Labels;
        internal long* LabelLengths;
        internal long* DataLengths;
        internal void* Costs;
        internal bool WantsGradient;
        internal void* Scratch;
    }
}
