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
/// <para>Scratch is the caller's: 64-byte aligned, of the size that the matching method names, content irrelevant.</para>
/// </remarks>
public static unsafe class Convolution
{
    /// <summary>Bytes of scratch for <see cref="Forward"/>.</summary>
    /// <exception cref="ArgumentException">The shape is impossible or the type unsupported.</exception>
    public static long ForwardScratch(DType dtype, in ConvolutionShape shape)
    {
        Check(dtype, shape);
        return dtype == DType.Float16
            ? sizeof(float)
                * (Round(shape.DataSize) + Round(shape.WeightSize) + Round(shape.OutChannels) + Round(shape.OutSize))
            : 0;
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
        Check(dtype, shape);
        switch (dtype)
        {
            case DType.Float32:
                ConvolutionLoops<float>.Forward(shape, (float*)x, (float*)weight, (float*)bias, (float*)y, accumulate);
                break;
            case DType.Float64:
                ConvolutionLoops<double>.Forward(
                    shape,
                    (double*)x,
                    (double*)weight,
                    (double*)bias,
                    (double*)y,
                    accumulate
                );
                break;
            default:
                float* next = (float*)scratch;
                float* wideX = Widen(x, shape.DataSize, ref next);
                float* wideWeight = Widen(weight, shape.WeightSize, ref next);
                float* wideBias = bias == null ? null : Widen(bias, shape.OutChannels, ref next);
                float* wideY = accumulate ? Widen(y, shape.OutSize, ref next) : next;
                ConvolutionLoops<float>.Forward(shape, wideX, wideWeight, wideBias, wideY, accumulate);
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
