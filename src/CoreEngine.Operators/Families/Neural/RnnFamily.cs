using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>
/// Stacks of recurrent layers over whole sequences: plain, LSTM and GRU, one or two directions, with all weights in one
/// array in the order of cuDNN and MXNet's fused cells.
/// </summary>
/// <remarks>
/// The last, hidden output is what the backward pass needs; it includes the masks of dropout, which are ones outside of
/// training, so that both passes agree in any mode.
/// </remarks>
internal static unsafe class RnnFamily
{
    private const string Backward = "_backward_RNN";
    private const int Data = 0;
    private const int Parameters = 1;
    private const int State = 2;
    private const int Cell = 3;

    private static readonly string[] s_inputs = ["data", "parameters", "state", "state_cell"];
    private static readonly string[] s_outputs = ["output", "state", "state_cell", "reserve"];

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("RNN")
            {
                NewParameters = () => new RnnParameters(),
                Inputs = s_inputs,
                SelectInputs = op => s_inputs[..(State + StateKinds(op))],
                Outputs = s_outputs,
                SelectOutputCount = op => VisibleOutputs(op) + 1,
                CountVisibleOutputs = VisibleOutputs,
                CountStoredOutputs = VisibleOutputs,
                InferShape = InferShape,
                InferType = TypeRules.NeedsFirst(InferType),
                Gradient = Differentiate,
                IsRandom = true,
                Kernel = HalfPrecision.Widen(RunForward),
            }
        );
        registry.Add(
            new OperatorDef(Backward)
            {
                NewParameters = () => new RnnParameters(),
                Inputs = [.. s_outputs[..^1].Select(name => name + "_grad"), .. s_inputs, "reserve"],
                SelectInputs = op =>
                    [
                        .. s_outputs[..VisibleOutputs(op)].Select(name => name + "_grad"),
                        .. s_inputs[..(State + StateKinds(op))],
                        "reserve",
                    ],
                Outputs = s_inputs,
                SelectOutputCount = op => State + StateKinds(op),
                InferShape = shapes =>
                {
                    int first = VisibleOutputs(shapes.Operator);
                    for (int i = 0; i < shapes.OutputCount; i++)
                    {
                        shapes.SetOutput(i, shapes.Input(first + i));
                    }
                },
                InferType = types =>
                {
                    int first = VisibleOutputs(types.Operator);
                    for (int i = 0; i < types.OutputCount; i++)
                    {
                        types.SetOutput(i, types.Input(first + i));
                    }
                },
                Kernel = HalfPrecision.Widen(RunBackward),
            }
        );
    }

    private static RnnParameters ParametersOf(BoundOperator op) => op.Parameters<RnnParameters>();

    /// <summary>1, or 2 for an LSTM, whose state is a pair.</summary>
    private static int StateKinds(BoundOperator op) => ParametersOf(op).Mode == RecurrentMode.Lstm ? 2 : 1;

    private static int VisibleOutputs(BoundOperator op) => ParametersOf(op).StateOutputs ? 1 + StateKinds(op) : 1;

    private static RecurrentShape ShapeOf(RnnParameters p, Shape data) =>
        new(p.Mode, data[0], data[1], data[2], p.StateSize, p.LayerCount, p.IsBidirectional ? 2 : 1);

    private static void InferShape(ShapeInference shapes)
    {
        Shape data = shapes.Input(Data);
        if (data.Rank == 0)
            return;
        if (data.Rank != 3)
            throw shapes.Error("the data must have three axes: steps, sequences and values of a step.");
        RnnParameters p = ParametersOf(shapes.Operator);
        RecurrentShape shape = ShapeOf(p, data);
        Shape states = [shape.Layers * shape.Directions, shape.Batch, shape.Units];
        int kinds = StateKinds(shapes.Operator);
        for (int i = 0; i < kinds; i++)
        {
            shapes.SetInput(State + i, states);
        }

        if (shape.Inputs > 0)
            shapes.SetInput(Parameters, [shape.ParameterSize]);
        shapes.SetOutput(0, [shape.Steps, shape.Batch, shape.Directions * shape.Units]);
        for (int i = 1; i < shapes.OutputCount - 1; i++)
        {
            shapes.SetOutput(i, states);
        }

        if (data.IsKnown)
            shapes.SetOutput(shapes.OutputCount - 1, [Recurrent.ReserveSize(shape, p.HasDropout)]);
    }

    private static void InferType(TypeInference types)
    {
        int hidden = types.OutputCount - 1;
        DType known = types.Output(0);
        for (int i = 0; i < types.InputCount && known == DType.None; i++)
        {
            known = types.Input(i);
        }

        FloatTypes.Check(types, known);
        for (int i = 0; i < types.InputCount; i++)
        {
            types.SetInput(i, known);
        }

        for (int i = 0; i < hidden; i++)
        {
            types.SetOutput(i, known);
        }

        types.SetOutput(hidden, known == DType.Float16 ? DType.Float32 : known);
    }

    private static void Differentiate(GradientContext c)
    {
        int visible = VisibleOutputs(c.Operator);
        Value[] arguments =
        [
            .. Enumerable.Range(0, visible).Select(c.OutputGradient),
            .. Enumerable.Range(0, c.InputCount).Select(c.Input),
            c.Output(visible),
        ];
        Value first = c.CallWithSameParameters(Backward, arguments);
        for (int i = 0; i < c.InputCount; i++)
        {
            c.Set(i, first.Output(i));
        }
    }

    private static void RunForward(ref KernelContext context)
    {
        RnnParameters p = context.Parameters<RnnParameters>();
        DType dtype = context.Input(Data).DType;
        RecurrentShape shape = ShapeOf(p, context.Input(Data).Shape);
        int visible = context.OutputCount - 1;
        bool drops = context.IsTraining && p.HasDropout;
        bool keeps = context.Wants(visible) || drops;
        var arrays = new RecurrentArrays
        {
            Data = context.Input(Data).Data,
            Parameters = context.Input(Parameters).Data,
            State = context.Input(State).Data,
            Cell = context.InputCount > Cell ? context.Input(Cell).Data : null,
            Result = Target(context, 0),
            FinalState = visible > 1 ? Target(context, 1) : null,
            FinalCell = visible > 2 ? Target(context, 2) : null,
            HasMasks = keeps && p.HasDropout,
        };
        if (keeps)
        {
            long size = Recurrent.ReserveSize(shape, p.HasDropout);
            arrays.Reserve = context.Wants(visible)
                ? context.Output(visible).Data
                : context.Scratch(size * dtype.ItemSize());
        }

        if (arrays.HasMasks)
            FillMasks(context, dtype, shape, p.Dropout, drops, arrays.Reserve);
        long bytes = Recurrent.ForwardScratch(dtype, shape, arrays.HasMasks, keeps);
        Recurrent.Forward(dtype, shape, arrays, context.Scratch(bytes));
        Add(context, 0, arrays.Result);
        if (visible > 1)
            Add(context, 1, arrays.FinalState);
        if (visible > 2)
            Add(context, 2, arrays.FinalCell);
    }

    private static void FillMasks(
        in KernelContext context,
        DType dtype,
        in RecurrentShape shape,
        double probability,
        bool drops,
        void* reserve
    )
    {
        (long first, long count) = Recurrent.Masks(shape);
        void* masks = (byte*)reserve + (first * dtype.ItemSize());
        double keep = 1 - probability;
        double scale = keep > 0 ? 1 / keep : 0;
        if (drops)
            Sampling.Bernoulli(dtype, context.Random.Seed, context.Random.Stream, keep, scale, masks, count);
        else
            Kernels.Elementwise.Fill(dtype, 1, masks, count);
    }

    private static void RunBackward(ref KernelContext context)
    {
        RnnParameters p = context.Parameters<RnnParameters>();
        int visible = VisibleOutputs(context.Operator);
        TensorView data = context.Input(visible + Data);
        DType dtype = data.DType;
        RecurrentShape shape = ShapeOf(p, data.Shape);
        bool hasCell = StateKinds(context.Operator) > 1;
        var arrays = new RecurrentArrays
        {
            Data = data.Data,
            Parameters = context.Input(visible + Parameters).Data,
            State = context.Input(visible + State).Data,
            Cell = hasCell ? context.Input(visible + Cell).Data : null,
            Reserve = context.Input(context.InputCount - 1).Data,
            HasMasks = p.HasDropout,
        };
        var gradients = new RecurrentArrays
        {
            Result = context.Input(0).Data,
            FinalState = visible > 1 ? context.Input(1).Data : null,
            FinalCell = visible > 2 ? context.Input(2).Data : null,
            Data = context.Wants(Data) ? context.Output(Data).Data : null,
            Parameters = context.Wants(Parameters) ? context.Output(Parameters).Data : null,
            State = Target(context, State),
            Cell = hasCell ? Target(context, Cell) : null,
        };
        void* scratch = context.Scratch(Recurrent.BackwardScratch(dtype, shape));
        Recurrent.Backward(
            dtype,
            shape,
            arrays,
            gradients,
            context.Accumulates(Data),
            context.Accumulates(Parameters),
            scratch
        );
        Add(context, State, gradients.State);
        if (hasCell)
            Add(context, Cell, gradients.Cell);
    }

    /// <summary>Where a result is computed: the output, or scratch when the result is added to it.</summary>
    private static void* Target(in KernelContext context, int index)
    {
        if (!context.Wants(index))
            return null;
        TensorView output = context.Output(index);
        return context.Accumulates(index) ? context.Scratch(output.Size * output.DType.ItemSize()) : output.Data;
    }

    private static void Add(in KernelContext context, int index, void* computed)
    {
        if (!context.Accumulates(index))
            return;
        TensorView output = context.Output(index);
        Kernels.Elementwise.Unary<Identity>(output.DType, computed, output.Data, output.Size, accumulate: true);
    }
}

/// <summary>Parameters of <c>RNN</c>.</summary>
public sealed class RnnParameters : IParameters
{
    /// <summary>Values of a state.</summary>
    public uint StateSize;

    /// <summary>Layers above one another.</summary>
    public uint LayerCount;

    /// <summary>Whether a second set of layers reads the sequences from their end; results stand side by side.</summary>
    public bool IsBidirectional;

    /// <summary>The cell.</summary>
    public RecurrentMode Mode;

    /// <summary>The probability that a value between two layers is dropped in training, from 0 to 1.</summary>
    public float Dropout;

    /// <summary>Whether the states after the last step are results as well.</summary>
    public bool StateOutputs;

    /// <summary>Whether there is anything to drop: dropout acts between layers.</summary>
    internal bool HasDropout => Dropout > 0 && LayerCount > 1;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("state_size", ref StateSize);
        reader.Required("num_layers", ref LayerCount);
        reader.Optional("bidirectional", ref IsBidirectional);
        reader.Required("mode", ref Mode, "rnn_relu", "rnn_tanh", "lstm", "gru");
        reader.Optional("p", ref Dropout);
        reader.Check(Dropout is >= 0 and <= 1, "p", Dropout, "from 0 to 1");
        reader.Optional("state_outputs", ref StateOutputs);
        reader.Check(StateSize > 0, "state_size", StateSize, "at least 1");
        reader.Check(LayerCount > 0, "num_layers", LayerCount, "at least 1");
    }
}
