namespace CoreEngine.Kernels;

/// <summary>
/// Stacks of recurrent layers, one or two directions, and their gradients: plain (relu or tanh), LSTM and GRU.
/// </summary>
/// <remarks>
/// The inputs of all steps are multiplied at once, and so are the gradients of the weights; what is left for each step is
/// the recurrent product, with weights that are packed once, and the cell, fused to it. Supported types: float32 and
/// float64. Results do not depend on the number of threads.
/// <para>Scratch is the caller's: 64-byte aligned, of the size that the matching method names, content irrelevant.</para>
/// </remarks>
public static unsafe class Recurrent
{
    /// <summary>Elements that a forward pass keeps for the backward pass.</summary>
    /// <param name="shape">The geometry.</param>
    /// <param name="hasMasks">See <see cref="RecurrentArrays.HasMasks"/>.</param>
    public static long ReserveSize(in RecurrentShape shape, bool hasMasks) =>
        new RecurrentStorage(shape, hasMasks, keeps: true).Size;

    /// <summary>The place and the number of dropout's masks in the reserve, which the caller fills before the forward pass.</summary>
    /// <param name="shape">The geometry.</param>
    /// <returns>The first element, and the number of elements: a factor for each value that enters a layer after the first.</returns>
    public static (long First, long Count) Masks(in RecurrentShape shape)
    {
        var storage = new RecurrentStorage(shape, hasMasks: true, keeps: true);
        return (storage.Mask, storage.MaskSize);
    }

    /// <summary>Bytes of scratch for <see cref="Forward"/>.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="hasMasks">See <see cref="RecurrentArrays.HasMasks"/>.</param>
    /// <param name="keeps">Whether there is a reserve.</param>
    public static long ForwardScratch(DType dtype, in RecurrentShape shape, bool hasMasks, bool keeps) =>
        dtype == DType.Float32
            ? sizeof(float) * RecurrentForward<float>.ScratchSize(shape, hasMasks, keeps)
            : sizeof(double) * RecurrentForward<double>.ScratchSize(shape, hasMasks, keeps);

    /// <summary>Runs all layers over all steps.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="arrays">What is read and written.</param>
    /// <param name="scratch">See <see cref="ForwardScratch"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another type.</exception>
    public static void Forward(DType dtype, in RecurrentShape shape, in RecurrentArrays arrays, void* scratch)
    {
        if (dtype == DType.Float32)
            new RecurrentForward<float>(shape, arrays, (float*)scratch).Run();
        else if (dtype == DType.Float64)
            new RecurrentForward<double>(shape, arrays, (double*)scratch).Run();
        else
            throw Unsupported(dtype);
    }

    /// <summary>Bytes of scratch for <see cref="Backward"/>.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="shape">The geometry.</param>
    public static long BackwardScratch(DType dtype, in RecurrentShape shape) =>
        dtype == DType.Float32
            ? sizeof(float) * RecurrentBackward<float>.ScratchSize(shape)
            : sizeof(double) * RecurrentBackward<double>.ScratchSize(shape);

    /// <summary>The gradients of everything that <see cref="Forward"/> read.</summary>
    /// <param name="dtype">float32 or float64.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="arrays">What the forward pass read, and its reserve; its results are not needed.</param>
    /// <param name="gradients">
    /// Result, FinalState and FinalCell: gradients that come in, null for zeros. Data, Parameters, State and Cell: gradients
    /// that are computed, null when nobody wants them.
    /// </param>
    /// <param name="accumulateData">Add to what the data's gradient holds.</param>
    /// <param name="accumulateParameters">Add to what the parameters' gradient holds.</param>
    /// <param name="scratch">See <see cref="BackwardScratch"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another type.</exception>
    public static void Backward(
        DType dtype,
        in RecurrentShape shape,
        in RecurrentArrays arrays,
        in RecurrentArrays gradients,
        bool accumulateData,
        bool accumulateParameters,
        void* scratch
    )
    {
        if (dtype == DType.Float32)
        {
            new RecurrentBackward<float>(shape, arrays, gradients, (float*)scratch).Run(
                accumulateData,
                accumulateParameters
            );
        }
        else if (dtype == DType.Float64)
        {
            new RecurrentBackward<double>(shape, arrays, gradients, (double*)scratch).Run(
                accumulateData,
                accumulateParameters
            );
        }
        else
        {
            throw Unsupported(dtype);
        }
    }

    private static ArgumentOutOfRangeException Unsupported(DType dtype) =>
        new(nameof(dtype), dtype, "Recurrent layers compute with float32 and float64.");
}
