using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Fourier transforms along the last axis. Complex numbers are interleaved: real, imaginary, real, ... Each of the two is
/// the other's gradient, as neither divides by the length.
/// </summary>
internal static unsafe class FourierFamily
{
    private const string Forward = "_contrib_fft";
    private const string Inverse = "_contrib_ifft";

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Forward)
            {
                NewParameters = () => new FourierParameters(),
                InferShape = shapes => InferShape(shapes, isInverse: false),
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c => c.Set(0, c.CallWithSameParameters(Inverse, c.OutputGradient(0))),
                Kernel = HalfPrecision.Widen((ref context) => Run(ref context, isInverse: false)),
            }
        );
        registry.Add(
            new OperatorDef(Inverse)
            {
                NewParameters = () => new FourierParameters(),
                InferShape = shapes => InferShape(shapes, isInverse: true),
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c => c.Set(0, c.CallWithSameParameters(Forward, c.OutputGradient(0))),
                Kernel = HalfPrecision.Widen((ref context) => Run(ref context, isInverse: true)),
            }
        );
    }

    private static void InferShape(ShapeInference shapes, bool isInverse)
    {
        Shape x = shapes.Input(0);
        Shape y = shapes.Output(0);
        if (isInverse && x.Rank > 0 && x[^1] % 2 != 0)
        {
            throw shapes.Error(
                "the last axis holds real and imaginary parts in turn, so its extent must be even; append a 0."
            );
        }

        if (!isInverse && y.Rank > 0 && y[^1] % 2 != 0)
            throw shapes.Error($"the result's last axis is twice as long as the data's, so it cannot be {y[^1]}.");
        if (x.Rank > 0)
            shapes.SetOutput(0, WithLast(x, isInverse ? x[^1] / 2 : checked(2 * x[^1])));
        else if (y.Rank > 0)
            shapes.SetInput(0, WithLast(y, isInverse ? checked(2 * y[^1]) : y[^1] / 2));
    }

    private static Shape WithLast(Shape shape, long extent)
    {
        long[] dims = shape.Dims.ToArray();
        dims[^1] = extent;
        return new Shape(dims);
    }

    private static void Run(ref KernelContext context, bool isInverse)
    {
        if (!context.Wants(0))
            return;
        TensorView x = context.Input(0);
        TensorView real = isInverse ? context.Output(0) : x;
        long length = real.Shape[^1];
        var transform = new FourierTransform(real.Size / length, length);
        void* scratch = context.Scratch(transform.Scratch(x.DType));
        var staged = new StagedOutput(ref context, 0);
        if (isInverse)
            transform.Inverse(x.DType, x.Data, staged.Data, scratch);
        else
            transform.Forward(x.DType, x.Data, staged.Data, scratch);
        staged.Finish();
    }
}

/// <summary>Parameters of <c>_contrib_fft</c> and <c>_contrib_ifft</c>.</summary>
public sealed class FourierParameters : IParameters
{
    /// <summary>Has no effect: MXNet's GPU version transforms so many rows at once.</summary>
    public int ComputeSize = 128;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("compute_size", ref ComputeSize);
        reader.Check(ComputeSize > 0, "compute_size", ComputeSize, "at least 1");
    }
}
