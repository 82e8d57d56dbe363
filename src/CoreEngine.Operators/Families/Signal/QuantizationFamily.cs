using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Numbers of a range as bytes, and back.</summary>
internal static unsafe class QuantizationFamily
{
    private const double Steps = byte.MaxValue;

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("_contrib_quantize")
            {
                NewParameters = () => new QuantizeParameters(),
                Inputs = ["input", "min_range", "max_range"],
                Outputs = ["output0", "output1", "output2"],
                InferShape = InferShape,
                InferType = types => InferType(types, DType.Float32, DType.UInt8),
                Kernel = Quantize,
            }
        );
        registry.Add(
            new OperatorDef("_contrib_dequantize")
            {
                NewParameters = () => new DequantizeParameters(),
                Inputs = ["input", "min_range", "max_range"],
                InferShape = InferShape,
                InferType = types => InferType(types, DType.UInt8, DType.Float32),
                Kernel = Dequantize,
            }
        );
    }

    private static void InferShape(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        shapes.SetOutput(0, shapes.Input(0));
        for (int i = 1; i <= 2; i++)
        {
            shapes.SetInput(i, [1]);
        }

        for (int i = 1; i < shapes.OutputCount; i++)
        {
            shapes.SetOutput(i, [1]);
        }
    }

    private static void InferType(TypeInference types, DType from, DType to)
    {
        if (types.Input(0) == DType.None && !types.IsTentative)
            throw types.Error($"the type of 'input' must be known; give it: it is {from.Name()}.");
        if (types.Input(0) != DType.None && types.Input(0) != from)
            throw types.Error($"the input must be {from.Name()}; use Cast on it.");
        types.SetInput(1, DType.Float32);
        types.SetInput(2, DType.Float32);
        types.SetOutput(0, to);
        for (int i = 1; i < types.OutputCount; i++)
        {
            types.SetOutput(i, DType.Float32);
        }
    }

    private static void Quantize(ref KernelContext context)
    {
        float low = *context.Input(1).As<float>();
        float high = *context.Input(2).As<float>();
        TensorView x = context.Input(0);
        if (context.Wants(0))
        {
            var staged = new StagedOutput(ref context, 0);
            float scale = (float)(Steps / (high - low));
            Quantization.ToBytes(x.As<float>(), low, scale, (byte*)staged.Data, x.Size);
            staged.Finish();
        }

        Store(ref context, 1, low);
        Store(ref context, 2, high);
    }

    private static void Store(ref KernelContext context, int output, float value)
    {
        if (!context.Wants(output))
            return;
        float* target = context.Output(output).As<float>();
        *target = context.Accumulates(output) ? *target + value : value;
    }

    private static void Dequantize(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        float low = *context.Input(1).As<float>();
        float high = *context.Input(2).As<float>();
        TensorView x = context.Input(0);
        var staged = new StagedOutput(ref context, 0);
        float scale = (float)((high - low) / Steps);
        Quantization.FromBytes(x.As<byte>(), low, scale, (float*)staged.Data, x.Size);
        staged.Finish();
    }
}

/// <summary>Parameters of <c>_contrib_quantize</c>.</summary>
public sealed class QuantizeParameters : IParameters
{
    /// <summary>The type of the result.</summary>
    public QuantizedType Type;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Optional("out_type", ref Type, "uint8");
}

/// <summary>Types that <c>_contrib_quantize</c> knows.</summary>
public enum QuantizedType
{
    /// <summary>Bytes.</summary>
    UInt8,
}

/// <summary>Parameters of <c>_contrib_dequantize</c>.</summary>
public sealed class DequantizeParameters : IParameters
{
    /// <summary>The type of the result.</summary>
    public DequantizedType Type;

    /// <inheritdoc/>
    public void Read(AttributeReader reader) => reader.Required("out_type", ref Type, "float32");
}

/// <summary>Types that <c>_contrib_dequantize</c> knows.</summary>
public enum DequantizedType
{
    /// <summary>Single precision.</summary>
    Float32,
}
