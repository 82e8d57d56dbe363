using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>Connectionist temporal classification, the loss of sequences whose labels are not aligned with them.</summary>
internal static unsafe class CtcLossFamily
{
    private const string Name = "_contrib_CTCLoss";
    private const string BackwardName = "_backward_" + Name;

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Name)
            {
                Aliases = ["_contrib_ctc_loss"],
                NewParameters = () => new CtcLossParameters(),
                Inputs = ["data", "label", "data_lengths", "label_lengths"],
                SelectInputs = SelectInputs,
                Outputs = ["output", "grad"],
                CountVisibleOutputs = _ => 1,
                InferShape = InferShape,
                InferType = TypeRules.OrFloat32(FloatTypes.WideHidden),
                Gradient = c =>
                    c.Set(0, c.Call(OperatorRegistry.Default[BackwardName].Bind(), c.OutputGradient(0), c.Output(1))),
                Kernel = HalfPrecision.Widen(Forward),
            }
        );
        registry.Add(
            new OperatorDef(BackwardName)
            {
                Inputs = ["ograd", "grad"],
                InferShape = LikeInputs.Shapes(1),
                InferType = LikeInputs.Types(0),
                Kernel = HalfPrecision.Widen(Backward),
            }
        );
    }

    private static string[] SelectInputs(BoundOperator op)
    {
        var p = op.Parameters<CtcLossParameters>();
        return (p.UseDataLengths, p.UseLabelLengths) switch
        {
            (true, true) => ["data", "label", "data_lengths", "label_lengths"],
            (true, false) => ["data", "label", "data_lengths"],
            (false, true) => ["data", "label", "label_lengths"],
            _ => ["data", "label"],
        };
    }

    private static void InferShape(ShapeInference shapes)
    {
        shapes.SetInput(0, shapes.Output(1));
        Shape data = shapes.Input(0);
        Shape label = shapes.Input(1);
        if (data.Rank is not (0 or 3))
            throw shapes.Error("the data must have the shape (steps, batch, classes).");
        if (label.Rank is not (0 or 2))
            throw shapes.Error("the label must have the shape (batch, labels).");
        if (data.Rank == 0)
            return;
        shapes.SetOutput(1, data);
        shapes.SetInput(1, new Shape(data[1], 0));
        for (int i = 2; i < shapes.InputCount; i++)
        {
            shapes.SetInput(i, new Shape(data[1]));
        }

        shapes.SetOutput(0, new Shape(data[1]));
        if (label.Rank != 0 && data[0] != 0 && label[1] > data[0])
            throw shapes.Error($"{data[0]} steps cannot hold {label[1]} labels; give longer data or fewer labels.");
    }

    private static void Forward(ref KernelContext context)
    {
        if (!context.Wants(0) && !context.Wants(1))
            return;
        var p = context.Parameters<CtcLossParameters>();
        TensorView data = context.Input(0);
        DType dtype = data.DType;
        (long steps, long batch, long classes) = (data.Shape[0], data.Shape[1], data.Shape[2]);
        long most = context.Input(1).Shape[1];
        var loss = new CtcLoss(steps, batch, classes, most, p.Blank == CtcBlank.First ? 0 : classes - 1);
        long* dataLengths = p.UseDataLengths ? Lengths(ref context, 2, steps) : Repeat(ref context, steps, batch);
        long* labels = Integers(ref context, 1);
        long* labelLengths = p.UseLabelLengths
            ? Lengths(ref context, context.InputCount - 1, most)
            : FindEnds(ref context, labels, batch, most, p.Blank == CtcBlank.First ? 0 : -1);
        CheckLabels(ref context, labels, labelLengths, batch, most, classes);

        bool wantsGradient = context.Wants(1);
        var costs = new StagedOutput(ref context, 0);
        var gradient = new StagedOutput(ref context, 1);
        Softmax.Forward(dtype, steps * batch, classes, 1, data.Data, 1, logarithm: true, gradient.Data, false);
        loss.Run(
            dtype,
            gradient.Data,
            labels,
            labelLengths,
            dataLengths,
            costs.Data,
            wantsGradient,
            context.Scratch(loss.Scratch(dtype, wantsGradient))
        );
        costs.Finish();
        gradient.Finish();
    }

    /// <summary>Whole numbers, rounded to the nearest, halves away from zero.</summary>
    private static long* Integers(ref KernelContext context, int input)
    {
        TensorView given = context.Input(input);
        double* values = (double*)context.Scratch(given.Size * sizeof(double));
        Cast.Convert(given.DType, given.Data, DType.Float64, values, given.Size);
        long* integers = (long*)values;
        for (long i = 0; i < given.Size; i++)
        {
            integers[i] = (long)Math.Round(values[i], MidpointRounding.AwayFromZero);
        }

        return integers;
    }

    /// <summary>Lengths of sequences, cut off to 0..most.</summary>
    private static long* Lengths(ref KernelContext context, int input, long most)
    {
        long* lengths = Integers(ref context, input);
        long count = context.Input(input).Size;
        for (long n = 0; n < count; n++)
        {
            lengths[n] = Math.Clamp(lengths[n], 0, most);
        }

        return lengths;
    }

    private static long* Repeat(ref KernelContext context, long value, long count)
    {
        long* values = (long*)context.Scratch(count * sizeof(long));
        for (long n = 0; n < count; n++)
        {
            values[n] = value;
        }

        return values;
    }

    /// <summary>Number of labels before the first padding.</summary>
    private static long* FindEnds(ref KernelContext context, long* labels, long batch, long most, long padding)
    {
        long* ends = (long*)context.Scratch(batch * sizeof(long));
        for (long n = 0; n < batch; n++)
        {
            long end = 0;
            while (end < most && labels[(n * most) + end] != padding)
            {
                end++;
            }

            ends[n] = end;
        }

        return ends;
    }

    private static void CheckLabels(
        ref KernelContext context,
        long* labels,
        long* lengths,
        long batch,
        long most,
        long classes
    )
    {
        for (long n = 0; n < batch; n++)
        {
            for (long i = 0; i < lengths[n]; i++)
            {
                long label = labels[(n * most) + i];
                if (label < 0 || label >= classes)
                {
                    throw new OperatorException(
                        context.Operator.Name,
                        $"label {i} of sequence {n} is {label}, but classes are numbered 0 to {classes - 1}; "
                            + "fill up shorter labellings with 0 where the first class is the blank, else with -1."
                    );
                }
            }
        }
    }

    /// <summary>The gradient of each cost times that of the data, which forward has computed.</summary>
    private static void Backward(ref KernelContext context)
    {
        if (!context.Wants(0))
            return;
        TensorView g = context.Input(0);
        TensorView kept = context.Input(1);
        TensorView dx = context.Output(0);
        Broadcast.Binary<Multiply>(
            dx.DType,
            kept.Data,
            kept.Shape,
            g.Data,
            [1, g.Shape[0], 1],
            dx.Data,
            dx.Shape,
            context.Accumulates(0)
        );
    }
}

/// <summary>Which class is the blank of <c>_contrib_CTCLoss</c>.</summary>
public enum CtcBlank
{
    /// <summary>Class 0; 0 ends a labelling.</summary>
    First,

    /// <summary>The last class; -1 ends a labelling.</summary>
    Last,
}

/// <summary>Parameters of <c>_contrib_CTCLoss</c>.</summary>
public sealed class CtcLossParameters : IParameters
{
    /// <summary>An input says how many steps each sequence has; otherwise all have the full number.</summary>
    public bool UseDataLengths;

    /// <summary>An input says how many labels each sequence has; otherwise padding ends them.</summary>
    public bool UseLabelLengths;

    /// <summary>Which class is the blank.</summary>
    public CtcBlank Blank;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Optional("use_data_lengths", ref UseDataLengths);
        reader.Optional("use_label_lengths", ref UseLabelLengths);
        reader.Optional("blank_label", ref Blank, "first", "last");
    }
}
