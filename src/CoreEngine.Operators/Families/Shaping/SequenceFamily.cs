using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Operators on batches of sequences of different lengths: data (time, batch, ...), and optionally the length of each
/// sequence, of any type; lengths are cut off to 0..time.
/// </summary>
internal static unsafe class SequenceFamily
{
    internal static void Register(OperatorRegistry registry)
    {
        Add(registry, "SequenceLast", () => new SequenceParameters(), InferLast, Last, SpreadLast, true);
        Add(
            registry,
            "SequenceMask",
            () => new SequenceMaskParameters(),
            InferSame,
            Mask,
            MaskGradient,
            false,
            _ => true
        );
        Add(registry, "SequenceReverse", () => new SequenceParameters(), InferSame, Reverse, Reverse, false);
    }

    private static void Add(
        OperatorRegistry registry,
        string name,
        Func<IParameters> parameters,
        ShapeRule infer,
        KernelFunction kernel,
        KernelFunction backward,
        bool needsShape,
        Func<BoundOperator, bool>? ignoresAdd = null
    )
    {
        string backwardName = "_backward_" + name;
        registry.Add(
            new OperatorDef(name)
            {
                NewParameters = parameters,
                Inputs = ["data", "sequence_length"],
                SelectInputs = op => SelectInputs(op, "data"),
                InferShape = infer,
                InferType = TypeRules.NeedsFirst(InferType),
                Gradient = c => SetGradient(c, backwardName, needsShape),
                Kernel = kernel,
            }
        );
        registry.Add(
            new OperatorDef(backwardName)
            {
                NewParameters = parameters,
                Inputs = needsShape ? ["ograd", "sequence_length", "data"] : ["ograd", "sequence_length"],
                SelectInputs = op => needsShape ? [.. SelectInputs(op, "ograd"), "data"] : SelectInputs(op, "ograd"),
                InferShape = shapes => shapes.SetOutput(0, shapes.Input(needsShape ? shapes.InputCount - 1 : 0)),
                InferType = TypeRules.First,
                Gradient = c => SetSecondGradient(c, name, backwardName, needsShape),
                SelectIgnoresAdd = ignoresAdd,
                Kernel = backward,
            }
        );
    }

    private static string[] SelectInputs(BoundOperator op, string first) =>
        op.Parameters<SequenceParameters>().UseLength ? [first, "sequence_length"] : [first];

    private static void SetGradient(GradientContext c, string backward, bool needsShape)
    {
        Value gradient = c.OutputGradient(0);
        bool hasLength = c.InputCount > 1;
        c.Set(
            0,
            (hasLength, needsShape) switch
            {
                (true, true) => c.CallWithSameParameters(backward, gradient, c.Input(1), c.Input(0)),
                (true, false) => c.CallWithSameParameters(backward, gradient, c.Input(1)),
                (false, true) => c.CallWithSameParameters(backward, gradient, c.Input(0)),
                _ => c.CallWithSameParameters(backward, gradient),
            }
        );
    }

    private static void SetSecondGradient(GradientContext c, string forward, string backward, bool needsShape)
    {
        // Selecting is what its gradient's gradient does; masking with zeros and reversing are their own gradients.
        string name = needsShape ? forward : backward;
        bool hasLength = c.Operator.Parameters<SequenceParameters>().UseLength;
        Value gradient = c.OutputGradient(0);
        c.Set(
            0,
            hasLength ? c.CallWithSameParameters(name, gradient, c.Input(1)) : c.CallWithSameParameters(name, gradient)
        );
    }

    private static void InferType(TypeInference types)
    {
        TypeRules.First(types);
        if (types.InputCount > 1 && types.Input(1) == DType.None)
            types.SetInput(1, types.Input(0));
    }

    private static void InferSame(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(0));
        shapes.SetOutput(0, Data(shapes));
    }

    private static void InferLast(ShapeInference shapes)
    {
        Shape data = Data(shapes);
        if (data.Rank > 0)
            shapes.SetOutput(0, new Shape(data.Dims[1..]));
    }

    private static Shape Data(ShapeInference shapes)
    {
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return data;
        if (data.Rank < 2)
            throw shapes.Error("sequences need the shape (time, batch, ...).");
        if (shapes.InputCount > 1)
            shapes.SetInput(1, [data[1]]);
        return data;
    }

    /// <summary>The number of steps of each sequence.</summary>
    private static long* Lengths(ref KernelContext context, long steps, long batch)
    {
        long* lengths = (long*)context.Scratch(batch * sizeof(long));
        if (!context.Parameters<SequenceParameters>().UseLength)
        {
            for (long n = 0; n < batch; n++)
            {
                lengths[n] = steps;
            }

            return lengths;
        }

        TensorView given = context.Input(1);
        Cast.Convert(given.DType, given.Data, DType.Int64, lengths, batch);
        for (long n = 0; n < batch; n++)
        {
            lengths[n] = Math.Clamp(lengths[n], 0, steps);
        }

        return lengths;
    }

    private static long* Sources(ref KernelContext context, Shape data, out long* lengths)
    {
        lengths = Lengths(ref context, data[0], data[1]);
        return (long*)context.Scratch(data[0] * data[1] * sizeof(long));
    }

    private static void Last(ref KernelContext context)
    {
        Shape data = context.Input(0).Shape;
        if (!context.Wants(0))
            return;
        long* sources = Sources(ref context, data, out long* lengths);
        for (long n = 0; n < data[1]; n++)
        {
            sources[n] = (Math.Max(lengths[n] - 1, 0) * data[1]) + n;
        }

        Gather(ref context, data, sources, data[1], constant: 0);
    }

    private static void SpreadLast(ref KernelContext context)
    {
        Shape data = context.Output(0).Shape;
        if (!context.Wants(0))
            return;
        long* sources = Sources(ref context, data, out long* lengths);
        for (long t = 0; t < data[0]; t++)
        {
            for (long n = 0; n < data[1]; n++)
            {
                sources[(t * data[1]) + n] = t == Math.Max(lengths[n] - 1, 0) ? n : -1;
            }
        }

        Gather(ref context, data, sources, data[0] * data[1], constant: 0);
    }

    private static void Mask(ref KernelContext context)
    {
        if (context.Wants(0))
            ApplyMask(ref context, context.Parameters<SequenceMaskParameters>().Value, keepsMasked: true);
    }

    /// <summary>
    /// The output's gradient, with zeros behind the end of each sequence. As in MXNet, addition resets those elements to
    /// zero too instead of keeping what was there.
    /// </summary>
    private static void MaskGradient(ref KernelContext context)
    {
        if (context.Wants(0))
            ApplyMask(ref context, 0, keepsMasked: false);
    }

    private static void ApplyMask(ref KernelContext context, double value, bool keepsMasked)
    {
        Shape data = context.Input(0).Shape;
        long* sources = Sources(ref context, data, out long* lengths);
        for (long t = 0; t < data[0]; t++)
        {
            for (long n = 0; n < data[1]; n++)
            {
                sources[(t * data[1]) + n] = t < lengths[n] ? (t * data[1]) + n : -1;
            }
        }

        long count = data[0] * data[1];
        Gather(ref context, data, sources, count, value);
        if (keepsMasked || !context.Accumulates(0))
            return;
        TensorView y = context.Output(0);
        long length = y.Size / count;
        for (long i = 0; i < count; i++)
        {
            byte* row = (byte*)y.Data + (i * length * y.DType.ItemSize());
            if (sources[i] < 0)
                Kernels.Elementwise.Fill(y.DType, 0, row, length);
        }
    }

    private static void Reverse(ref KernelContext context)
    {
        Shape data = context.Input(0).Shape;
        if (!context.Wants(0))
            return;
        long* sources = Sources(ref context, data, out long* lengths);
        for (long t = 0; t < data[0]; t++)
        {
            for (long n = 0; n < data[1]; n++)
            {
                long from = t < lengths[n] ? lengths[n] - 1 - t : t;
                sources[(t * data[1]) + n] = (from * data[1]) + n;
            }
        }

        Gather(ref context, data, sources, data[0] * data[1], constant: 0);
    }

    private static void Gather(ref KernelContext context, Shape data, long* sources, long count, double constant)
    {
        TensorView x = context.Input(0);
        var staged = new StagedOutput(ref context, 0);
        Kernels.Gather.Rows(x.DType, x.Data, data.Product(2, data.Rank), sources, count, staged.Data, constant);
        staged.Finish();
    }
}

/// <summary>Parameters of the sequence operators.</summary>
public class SequenceParameters : IParameters
{
    /// <summary>The second input says how long each sequence is; otherwise all have full length.</summary>
    public bool UseLength;

    /// <inheritdoc/>
    public virtual void Read(AttributeReader reader) => reader.Optional("use_sequence_length", ref UseLength);
}

/// <summary>Parameters of <c>SequenceMask</c>.</summary>
public sealed class SequenceMaskParameters : SequenceParameters
{
    /// <summary>What the elements behind the end of a sequence become.</summary>
    public float Value;

    /// <inheritdoc/>
    public override void Read(AttributeReader reader)
    {
        base.Read(reader);
        reader.Optional("value", ref Value);
    }
}
