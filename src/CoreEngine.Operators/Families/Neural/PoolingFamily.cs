using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Pooling of one to three spatial axes.</summary>
/// <remarks><c>Pooling_v1</c> takes its padding for zeros (see <see cref="ZeroPaddedPooling"/>).</remarks>
internal static unsafe class PoolingFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, "Pooling", () => new PoolingParameters());
        Add(registry, "Pooling_v1", () => new PoolingParameters { IsFirstVersion = true });
    }

    private static void Add(OperatorRegistry registry, string name, Func<IParameters> parameters)
    {
        string backward = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = parameters,
                InferShape = InferShape,
                InferType = TypeRules.NeedsFirst(FloatTypes.Same),
                Gradient = c => c.Set(0, c.CallWithSameParameters(backward, c.OutputGradient(0), c.Input(0))),
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef(backward)
            {
                NewParameters = parameters,
                Inputs = ["ograd", "data"],
                InferShape = LikeInputs.Shapes(1),
                InferType = FloatTypes.Same,
                Kernel = Backward,
            }
        );
    }

    private static void InferShape(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<PoolingParameters>();
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        int spatial = data.Rank - 2;
        if (spatial is < 1 or > 3 || (!p.IsGlobal && spatial != p.Kernel.Length))
        {
            throw shapes.Error(
                $"the data must have {p.Kernel.Length + 2} axes for this kernel: samples, channels and "
                    + $"{p.Kernel.Length} spatial."
            );
        }

        long[] result = data.Dims.ToArray();
        for (int i = 0; i < spatial; i++)
        {
            if (p.IsGlobal)
                result[i + 2] = 1;
            else if (data[i + 2] != 0)
                result[i + 2] = PooledExtent(shapes, p, i, data[i + 2]);
        }

        shapes.SetOutput(0, new Shape(result));
        shapes.SetInput(0, data.With(0, shapes.Output(0)[0]).With(1, shapes.Output(0)[1]));
    }

    /// <summary>So much padding may be asked for whatever the data; more of it must not exceed the data.</summary>
    internal const long FreePadding = 1024;

    private static long PooledExtent(ShapeInference shapes, PoolingParameters p, int axis, long extent)
    {
        long pad = PoolingParameters.At(p.Pad, axis, 0);
        if (pad > Math.Max(extent, FreePadding))
        {
            throw shapes.Error(
                $"pad={pad} along spatial axis {axis} is more than the data has there ({extent}) and more than "
                    + $"{FreePadding}: windows would see nothing but padding."
            );
        }

        long padded = checked(extent + (2 * pad));
        long room = padded - p.Kernel[axis];
        if (room < 0)
        {
            throw shapes.Error(
                $"the window covers {p.Kernel[axis]} elements along spatial axis {axis}, but the padded data has only "
                    + $"{padded}; use a smaller kernel or more padding."
            );
        }

        long stride = PoolingParameters.At(p.Stride, axis, 1);
        return ((room + (p.IsFull ? stride - 1 : 0)) / stride) + 1;
    }

    private static void Forward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<PoolingParameters>();
        TensorView x = context.Input(0);
        PoolingShape shape = p.Geometry(x.Shape);
        void* y = context.Output(0).Data;
        if (p.IsFirstVersion && ZeroPaddedPooling.Differs(p.Kind, in shape))
            ZeroPaddedPooling.Forward(x.DType, p.Kind, in shape, x.Data, y, context.Accumulates(0));
        else
            Pooling.Forward(x.DType, p.Kind, in shape, x.Data, y, context.Accumulates(0));
    }

    private static void Backward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        var p = context.Parameters<PoolingParameters>();
        TensorView x = context.Input(1);
        PoolingShape shape = p.Geometry(x.Shape);
        void* g = context.Input(0).Data;
        void* dx = context.Output(0).Data;
        if (p.IsFirstVersion && ZeroPaddedPooling.GradientDiffers(p.Kind, in shape))
            ZeroPaddedPooling.Backward(x.DType, p.Kind, in shape, x.Data, g, dx, context.Accumulates(0));
        else
            Pooling.Backward(x.DType, p.Kind, in shape, x.Data, g, dx, context.Accumulates(0));
    }
}

/// <summary>How <c>Pooling</c> rounds the number of its windows.</summary>
public enum PoolingConvention
{
    /// <summary>Down: only windows that fit count.</summary>
    Valid,

    /// <summary>Up: no value is left out.</summary>
    Full,
}

/// <summary>Parameters of <c>Pooling</c> and <c>Pooling_v1</c>.</summary>
public sealed class PoolingParameters : IParameters
{
    /// <summary>One window as large as the whole image; kernel and stride mean nothing then.</summary>
    public bool IsGlobal;

    /// <summary>For other engines.</summary>
    public bool CudnnOff;

    /// <summary>Size of the window, one number per spatial axis.</summary>
    public long[] Kernel = [];

    /// <summary>What a window makes of its values.</summary>
    public PoolingKind Kind;

    /// <summary>How the number of windows is rounded.</summary>
    public PoolingConvention Convention;

    /// <summary>Steps of the window; empty for 1.</summary>
    public long[] Stride = [];

    /// <summary>Positions on each side that count as empty; empty for none.</summary>
    public long[] Pad = [];

    /// <summary>True for the older operator, which has no cudnn_off.</summary>
    internal bool IsFirstVersion { get; init; }

    internal bool IsFull => Convention == PoolingConvention.Full;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("global_pool", ref IsGlobal);
        if (!IsFirstVersion)
            reader.Optional("cudnn_off", ref CudnnOff);
        reader.Required("kernel", ref Kernel);
        reader.Required("pool_type", ref Kind, "max", "avg", "sum");
        reader.Optional("pooling_convention", ref Convention, "valid", "full");
        reader.Optional("stride", ref Stride);
        reader.Optional("pad", ref Pad);

        reader.Check(IsGlobal || Kernel.Length is >= 1 and <= 3, "kernel", Text(Kernel), "one to three numbers");
        Check(reader, "kernel", Kernel, IsGlobal ? 0 : 1);
        Check(reader, "stride", Stride, least: 1);
        Check(reader, "pad", Pad, least: 0);
    }

    private void Check(AttributeReader reader, string name, long[] values, long least)
    {
        bool fits = IsGlobal || values.Length == 0 || values.Length == Kernel.Length;
        reader.Check(fits, name, Text(values), $"as many numbers as the kernel has ({Kernel.Length})");
        reader.Check(Array.TrueForAll(values, v => v >= least), name, Text(values), $"numbers of at least {least}");
    }

    private static string Text(long[] values) => $"({string.Join(",", values)})";

    internal static long At(long[] values, int axis, long missing) => values.Length == 0 ? missing : values[axis];

    internal PoolingShape Geometry(Shape data)
    {
        Extents size = Extents.Of(data.Dims[2..], 1);
        long planes = data[0] * data[1];
        if (IsGlobal)
        {
            // As in MXNet 1.0.0, padding moves the one window out of the image; steps beyond it leave no second one.
            Extents pad = Pad.Length == data.Rank - 2 ? Extents.Of(Pad, 0) : default;
            pad = new Extents(Math.Min(pad.D, size.D), Math.Min(pad.H, size.H), Math.Min(pad.W, size.W));
            var steps = new Extents((2 * pad.D) + 1, (2 * pad.H) + 1, (2 * pad.W) + 1);
            return new PoolingShape(planes, size, size, steps, pad, Full: false);
        }

        Extents padding = Extents.Of(Pad, 0);
        Extents stride = Extents.Strides(Extents.Of(Stride, 1), size, padding);
        return new PoolingShape(planes, size, Extents.Of(Kernel, 1), stride, padding, IsFull);
    }
}
