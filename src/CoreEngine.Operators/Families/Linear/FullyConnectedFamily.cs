using CoreEngine.Kernels;

namespace CoreEngine.Operators;

/// <summary>The fully connected layer: Y = X W^T + b, each row of X one example.</summary>
internal static unsafe class FullyConnectedFamily
{
    private static readonly string[] s_withBias = ["data", "weight", "bias"];
    private static readonly string[] s_withoutBias = ["data", "weight"];

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef("FullyConnected")
            {
                NewParameters = () => new FullyConnectedParameters(),
                Inputs = s_withBias,
                SelectInputs = op => op.Parameters<FullyConnectedParameters>().NoBias ? s_withoutBias : s_withBias,
                InferShape = Infer,
                Gradient = Gradient.Backward(
                    "_backward_FullyConnected",
                    gradients: [0],
                    inputs: [0, 1],
                    outputs: [],
                    count: 3
                ),
                Kernel = Forward,
            }
        );
        registry.Add(
            new OperatorDef("_backward_FullyConnected")
            {
                NewParameters = () => new FullyConnectedParameters(),
                Inputs = ["ograd", "data", "weight"],
                Outputs = ["data_grad", "weight_grad", "bias_grad"],
                SelectOutputCount = op => op.Parameters<FullyConnectedParameters>().NoBias ? 2 : 3,
                InferShape = shapes =>
                {
                    shapes.SetOutput(0, shapes.Input(1));
                    shapes.SetOutput(1, shapes.Input(2));
                    if (shapes.OutputCount > 2)
                        shapes.SetOutput(2, [shapes.Operator.Parameters<FullyConnectedParameters>().Hidden]);
                },
                Gradient = SetSecondGradient,
                Kernel = Backward,
            }
        );
    }

    private static void Infer(ShapeInference shapes)
    {
        var p = shapes.Operator.Parameters<FullyConnectedParameters>();
        Shape data = shapes.Input(0);
        if (data.Rank == 0)
            return;
        long depth = p.Flatten ? ShapeRules.Product(data.Dims[1..]) : data[^1];
        shapes.SetInput(1, [p.Hidden, depth]);
        if (!p.NoBias)
            shapes.SetInput(2, [p.Hidden]);
        shapes.SetOutput(0, p.Flatten ? [data[0], p.Hidden] : data.With(data.Rank - 1, p.Hidden));
        Shape output = shapes.Output(0);
        if (data[0] == 0 && output[0] != 0 && (p.Flatten || data.Rank > 1))
            shapes.SetInput(0, data.With(0, output[0]));
    }

    private static MatrixProduct Product(TensorView weight, long size) =>
        new(weight.DType, false, true, Batch: 1, size / weight.Shape[1], weight.Shape[0], weight.Shape[1]);

    private static void Forward(ref KernelContext context)
    {
        TensorView x = context.Input(0);
        TensorView weight = context.Input(1);
        TensorView y = context.Output(0);
        if (!context.Wants(0))
            return;
        bool accumulate = context.Accumulates(0);
        bool hasBias = context.InputCount > 2;
        if (hasBias)
        {
            TensorView bias = context.Input(2);
            Broadcast.Copy(y.DType, bias.Data, bias.Shape, y.Data, y.Shape, accumulate);
        }

        Product(weight, x.Size).Forward(x.Data, weight.Data, y.Data, accumulate || hasBias ? 1 : 0);
    }

    private static void Backward(ref KernelContext context)
    {
        TensorView dy = context.Input(0);
        TensorView x = context.Input(1);
        TensorView weight = context.Input(2);
        MatrixProduct product = Product(weight, x.Size);
        if (context.Wants(0))
            product.BackwardA(dy.Data, weight.Data, context.Output(0).Data, context.Accumulates(0) ? 1 : 0);
        if (context.Wants(1))
            product.BackwardB(dy.Data, x.Data, context.Output(1).Data, context.Accumulates(1) ? 1 : 0);
        if (context.OutputCount < 3 || !context.Wants(2))
            return;
        TensorView bias = context.Output(2);
        Reduce.SumTo(dy.DType, dy.Data, dy.Shape, bias.Data, bias.Shape, context.Accumulates(2));
    }

    private static void SetSecondGradient(GradientContext c)
    {
        var p = c.Operator.Parameters<FullyConnectedParameters>();
        const string Forward = "FullyConnected";
        const string Backward = "_backward_FullyConnected";
        Value dy = c.Input(0);
        Value x = c.Input(1);
        Value weight = c.Input(2);
        var noBias = new FullyConnectedParameters
        {
            Hidden = p.Hidden,
            NoBias = true,
            Flatten = p.Flatten,
        };
        bool hasBias = !p.NoBias && c.HasOutputGradient(2);
        if (c.HasOutputGradient(0))
        {
            Value gx = c.OutputGradient(0);
            c.Set(
                0,
                hasBias
                    ? c.CallWithSameParameters(Forward, gx, weight, c.OutputGradient(2))
                    : c.Call(Forward, noBias, gx, weight)
            );
            c.Set(2, c.Call(Backward, noBias, dy, gx, weight).Output(1));
        }
        else if (hasBias)
        {
            c.Set(0, c.Call("broadcast_add", c.Call("zeros_like", dy), c.OutputGradient(2)));
        }

        if (c.HasOutputGradient(1))
        {
            Value gw = c.OutputGradient(1);
            c.Set(0, c.Call(Forward, noBias, x, gw));
            c.Set(1, c.Call(Backward, noBias, dy, x, gw));
        }
    }
}

/// <summary>Parameters of <c>FullyConnected</c>.</summary>
public sealed class FullyConnectedParameters : IParameters
{
    /// <summary>Number of outputs of each example.</summary>
    public int Hidden;

    /// <summary>There is no bias.</summary>
    public bool NoBias;

    /// <summary>All axes but the first are one; otherwise the layer works on the last axis alone.</summary>
    public bool Flatten = true;

    /// <inheritdoc/>
    public void Read(AttributeReader reader)
    {
        reader.Required("num_hidden", ref Hidden);
        reader.Optional("no_bias", ref NoBias);
        reader.Optional("flatten", ref Flatten);
        reader.Check(Hidden >= 1, "num_hidden", Hidden, "at least 1");
    }
}
