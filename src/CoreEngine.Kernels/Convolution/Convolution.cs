using System.Runtime.InteropServices;

namespace CoreEngine.Kernels;

/// <summary>
/// Convolution (cross-correlation, as everywhere in this field) in one to three dimensions with stride, dilation, padding
/// and groups, and its gradients. A transposed convolution is the same three routines with the roles exchanged:
/// <see cref="BackwardData"/> is its forward pass, <see cref="Forward"/> its data gradient, and
/// <see cref="BackwardWeight"/> its weight gradient with data and result's gradient exchanged.
/// </summary>
/// <remarks>
/// Layout: data (N, C, D, H, W), weight (O, C / groups, KD, KH, KW), result (N, O, OD, OH, OW), all contiguous. Computed
/// as implicit matrix multiplication: the window matrix is packed straight from the image and never stored (Chetlur et
/// al., "cuDNN: Efficient Primitives for Deep Learning", 2014). Supported types: float32, float64, and float16, which is
/// computed in float32. Results do not depend on the number of threads.
/// <para>In float32, 3 x 3 windows of stride 1 over many channels are computed by minimal filtering instead where that is
/// faster, which the shape alone decides. Its largest error is 1.3e-5 of the root mean square of the results, three times
/// the plain product's, and a NaN or infinity reaches results up to four positions away. The environment variable
/// COREENGINE_WINOGRAD=0, read once, turns it off.</para>
/// <para>Scratch is the caller's: 64-byte aligned, of the size that the matching method names, content irrelevant.</para>
/// </remarks>
public static unsafe class Convolution
{
    /// <summary>Bytes of scratch for <see cref="Forward"/> and <see cref="Fused"/>.</summary>
    /// <param name="dtype">Type of all arrays.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="prepared">Whether the weights come from <see cref="PrepareWeight"/>.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static long ForwardScratch(DType dtype, in ConvolutionShape shape, bool prepared = false)
    {
        Check(dtype, shape);
        return dtype switch
        {
            DType.Float32 => sizeof(float) * ConvolutionForward<float>.Scratch(shape, prepared),
            DType.Float64 => sizeof(double) * ConvolutionForward<double>.Scratch(shape, prepared),
            _ => sizeof(float)
                * (
                    Round(shape.DataSize)
                    + Round(shape.WeightSize)
                    + Round(shape.OutChannels)
                    + Round(shape.OutSize)
                    + ConvolutionForward<float>.Scratch(shape, false)
                ),
        };
    }

    /// <summary>
    /// Elements of prepared weights. The batch has no influence: weights prepared once serve batches of any size, but only
    /// images of the size that <paramref name="shape"/> says.
    /// </summary>
    /// <param name="shape">The geometry.</param>
    /// <exception cref="ArgumentException">The shape is impossible.</exception>
    public static long PreparedWeightSize(in ConvolutionShape shape)
    {
        shape.Validate();
        return ConvolutionForward<float>.PreparedSize(shape);
    }

    /// <summary>
    /// Brings weights into the order in which the kernels read them, so that <see cref="Fused"/> need not do it in every
    /// call. The order is that of this processor and may change with the version: it is not for files.
    /// </summary>
    /// <param name="dtype">Type of both arrays.</param>
    /// <param name="shape">The geometry; the batch has no influence.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="prepared">Receives <see cref="PreparedWeightSize"/> elements, 64-byte aligned.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static void PrepareWeight(DType dtype, in ConvolutionShape shape, void* weight, void* prepared)
    {
        Check(dtype, shape);
        // Not every order fills what the largest needs.
        NativeMemory.Clear(prepared, (nuint)(PreparedWeightSize(shape) * dtype.ItemSize()));
        switch (dtype)
        {
            case DType.Float32:
                ConvolutionForward<float>.Prepare(shape, (float*)weight, (float*)prepared);
                break;
            case DType.Float64:
                ConvolutionForward<double>.Prepare(shape, (double*)weight, (double*)prepared);
                break;
            default: // Converted in every call anyway.
                Buffer.MemoryCopy(weight, prepared, shape.WeightSize * 2, shape.WeightSize * 2);
                break;
        }
    }

    /// <summary>y = convolution(x, weight) + bias, or y += that.</summary>
    /// <param name="dtype">Type of all arrays.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">Data.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="bias">One value for each output channel, or null.</param>
    /// <param name="y">Result.</param>
    /// <param name="accumulate">Add to what the result holds.</param>
    /// <param name="scratch">See <see cref="ForwardScratch"/>.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static void Forward(
        DType dtype,
        in ConvolutionShape shape,
        void* x,
        void* weight,
        void* bias,
        void* y,
        bool accumulate,
        void* scratch
    )
    {
        var epilogue = new ConvolutionEpilogue { Bias = bias, Residual = accumulate ? y : null };
        Fused(dtype, shape, x, weight, false, epilogue, y, scratch);
    }

    /// <summary>y = activation(convolution(x, weight) + bias + residual).</summary>
    /// <param name="dtype">Type of all arrays.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="x">Data.</param>
    /// <param name="weight">Weights, plain or prepared.</param>
    /// <param name="prepared">Whether the weights come from <see cref="PrepareWeight"/> for this geometry.</param>
    /// <param name="epilogue">What follows the convolution.</param>
    /// <param name="y">Result.</param>
    /// <param name="scratch">See <see cref="ForwardScratch"/>.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static void Fused(
        DType dtype,
        in ConvolutionShape shape,
        void* x,
        void* weight,
        bool prepared,
        in ConvolutionEpilogue epilogue,
        void* y,
        void* scratch
    )
    {
        Check(dtype, shape);
        switch (dtype)
        {
            case DType.Float32:
                var single = new Epilogue<float>(epilogue);
                ConvolutionForward<float>.Run(
                    shape,
                    (float*)x,
                    (float*)weight,
                    prepared,
                    single,
                    (float*)y,
                    (float*)scratch
                );
                break;
            case DType.Float64:
                var twice = new Epilogue<double>(epilogue);
                ConvolutionForward<double>.Run(
                    shape,
                    (double*)x,
                    (double*)weight,
                    prepared,
                    twice,
                    (double*)y,
                    (double*)scratch
                );
                break;
            default:
                float* next = (float*)scratch;
                float* wideX = Widen(x, shape.DataSize, ref next);
                float* wideWeight = Widen(weight, shape.WeightSize, ref next);
                float* wideBias = epilogue.Bias == null ? null : Widen(epilogue.Bias, shape.OutChannels, ref next);
                float* wideY = next;
                next += Round(shape.OutSize);
                if (epilogue.Residual != null)
                {
                    Cast.Convert(DType.Float16, epilogue.Residual, DType.Float32, wideY, shape.OutSize);
                }

                Epilogue<float> wide = new Epilogue<float>(epilogue) with
                {
                    Bias = wideBias,
                    Residual = epilogue.Residual == null ? null : wideY,
                };
                ConvolutionForward<float>.Run(shape, wideX, wideWeight, false, wide, wideY, next);
                Cast.Convert(DType.Float32, wideY, DType.Float16, y, shape.OutSize);
                break;
        }
    }

    /// <summary>Bytes of scratch for <see cref="BackwardData"/>.</summary>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static long BackwardDataScratch(DType dtype, in ConvolutionShape shape)
    {
        Check(dtype, shape);
        return dtype switch
        {
            DType.Float32 => sizeof(float) * ConvolutionLoops<float>.DataScratch(shape),
            DType.Float64 => sizeof(double) * ConvolutionLoops<double>.DataScratch(shape),
            _ => sizeof(float)
                * (
                    Round(shape.OutSize)
                    + Round(shape.WeightSize)
                    + Round(shape.DataSize)
                    + ConvolutionLoops<float>.DataScratch(shape)
                ),
        };
    }

    /// <summary>The gradient of the data: dx = adjoint of the convolution applied to dy, or dx += that.</summary>
    /// <param name="dtype">Type of all arrays.</param>
    /// <param name="shape">The geometry of the forward pass.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="weight">Weights.</param>
    /// <param name="dx">Gradient of the data.</param>
    /// <param name="accumulate">Add to what dx holds.</param>
    /// <param name="scratch">See <see cref="BackwardDataScratch"/>.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static void BackwardData(
        DType dtype,
        in ConvolutionShape shape,
        void* dy,
        void* weight,
        void* dx,
        bool accumulate,
        void* scratch
    )
    {
        Check(dtype, shape);
        switch (dtype)
        {
            case DType.Float32:
                ConvolutionLoops<float>.BackwardData(
                    shape,
                    (float*)dy,
                    (float*)weight,
                    (float*)dx,
                    accumulate,
                    (float*)scratch
                );
                break;
            case DType.Float64:
                ConvolutionLoops<double>.BackwardData(
                    shape,
                    (double*)dy,
                    (double*)weight,
                    (double*)dx,
                    accumulate,
                    (double*)scratch
                );
                break;
            default:
                float* next = (float*)scratch;
                float* wideDy = Widen(dy, shape.OutSize, ref next);
                float* wideWeight = Widen(weight, shape.WeightSize, ref next);
                float* wideDx = next;
                next += Round(shape.DataSize);
                if (accumulate)
                {
                    Cast.Convert(DType.Float16, dx, DType.Float32, wideDx, shape.DataSize);
                }

                ConvolutionLoops<float>.BackwardData(shape, wideDy, wideWeight, wideDx, accumulate, next);
                Cast.Convert(DType.Float32, wideDx, DType.Float16, dx, shape.DataSize);
                break;
        }
    }

    /// <summary>Bytes of scratch for <see cref="BackwardWeight"/>.</summary>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static long BackwardWeightScratch(DType dtype, in ConvolutionShape shape)
    {
        Check(dtype, shape);
        return dtype switch
        {
            DType.Float32 => sizeof(float) * ConvolutionLoops<float>.WeightScratch(shape),
            DType.Float64 => sizeof(double) * ConvolutionLoops<double>.WeightScratch(shape),
            _ => sizeof(float)
                * (
                    Round(shape.DataSize)
                    + Round(shape.OutSize)
                    + Round(shape.WeightSize)
                    + ConvolutionLoops<float>.WeightScratch(shape)
                ),
        };
    }

    /// <summary>The gradient of the weights: dw = sum over images and positions of dy times the data under the window, or dw += that.</summary>
    /// <param name="dtype">Type of all arrays.</param>
    /// <param name="shape">The geometry of the forward pass.</param>
    /// <param name="x">Data.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="dw">Gradient of the weights.</param>
    /// <param name="accumulate">Add to what dw holds.</param>
    /// <param name="scratch">See <see cref="BackwardWeightScratch"/>.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static void BackwardWeight(
        DType dtype,
        in ConvolutionShape shape,
        void* x,
        void* dy,
        void* dw,
        bool accumulate,
        void* scratch
    )
    {
        Check(dtype, shape);
        switch (dtype)
        {
            case DType.Float32:
                ConvolutionLoops<float>.BackwardWeight(
                    shape,
                    (float*)x,
                    (float*)dy,
                    (float*)dw,
                    accumulate,
                    (float*)scratch
                );
                break;
            case DType.Float64:
                ConvolutionLoops<double>.BackwardWeight(
                    shape,
                    (double*)x,
                    (double*)dy,
                    (double*)dw,
                    accumulate,
                    (double*)scratch
                );
                break;
            default:
                float* next = (float*)scratch;
                float* wideX = Widen(x, shape.DataSize, ref next);
                float* wideDy = Widen(dy, shape.OutSize, ref next);
                float* wideDw = next;
                next += Round(shape.WeightSize);
                if (accumulate)
                {
                    Cast.Convert(DType.Float16, dw, DType.Float32, wideDw, shape.WeightSize);
                }

                ConvolutionLoops<float>.BackwardWeight(shape, wideX, wideDy, wideDw, accumulate, next);
                Cast.Convert(DType.Float32, wideDw, DType.Float16, dw, shape.WeightSize);
                break;
        }
    }

    /// <summary>The gradient of the bias: db[o] = sum of dy over images and positions, or db += that. Summed in float64.</summary>
    /// <param name="dtype">Type of both arrays.</param>
    /// <param name="shape">The geometry of the forward pass.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="db">Gradient of the bias.</param>
    /// <param name="accumulate">Add to what db holds.</param>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static void BackwardBias(DType dtype, in ConvolutionShape shape, void* dy, void* db, bool accumulate)
    {
        Check(dtype, shape);
        switch (dtype)
        {
            case DType.Float32:
                ConvolutionLoops<float>.BackwardBias(shape, (float*)dy, (float*)db, accumulate);
                break;
            case DType.Float64:
                ConvolutionLoops<double>.BackwardBias(shape, (double*)dy, (double*)db, accumulate);
                break;
            default:
                ConvolutionLoops<Half>.BackwardBias(shape, (Half*)dy, (Half*)db, accumulate);
                break;
        }
    }

    private static void Check(DType dtype, in ConvolutionShape shape)
    {
        if (!dtype.IsFloat())
        {
            throw new ArgumentException(
                $"Convolution computes with float32, float64 and float16, not {dtype.Name()}.",
                nameof(dtype)
            );
        }

        shape.Validate();
    }

    /// <summary>Converts float16 to float32 at the front of the scratch, and moves the front.</summary>
    private static float* Widen(void* source, long count, ref float* next)
    {
        float* target = next;
        Cast.Convert(DType.Float16, source, DType.Float32, target, count);
        next += Round(count);
        return target;
    }

    /// <summary>Keeps each part of the scratch on cache lines of its own.</summary>
    private static long Round(long count) => (count + 15) & ~15L;
}
