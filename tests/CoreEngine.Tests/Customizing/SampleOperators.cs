using System.Globalization;
using CoreEngine.Operators;

namespace CoreEngine.Tests.Customizing;

/// <summary>y = factor * sigmoid(x), computed with operations on arrays; its gradient needs the output alone.</summary>
internal sealed class ScaledSigmoid(double factor) : CustomOperator
{
    public override BackwardNeeds BackwardNeeds => BackwardNeeds.OutputGradients | BackwardNeeds.Outputs;

    public override void Forward(CustomForward call) => call.Set(0, call.Inputs[0].Sigmoid() * factor);

    public override void Backward(CustomBackward call)
    {
        NDArray y = call.Outputs[0] / factor;
        call.Set(0, call.OutputGradients[0] * (y * (1 - y) * factor));
    }

    public override GradientRule ComposedGradient =>
        c =>
        {
            Value y = c.Call("sigmoid", c.Input(0));
            Value slope = c.Call("elemwise_sub", y, c.Call("square", y));
            c.Set(0, c.Scale(c.Call("elemwise_mul", c.OutputGradient(0), slope), factor));
        };

    internal static void Register() =>
        CustomOperator.Register(
            "test_scaled_sigmoid",
            attributes => new ScaledSigmoid(
                attributes.TryGetValue("factor", out string? text)
                    ? double.Parse(text, CultureInfo.InvariantCulture)
                    : 1
            )
        );
}

/// <summary>
/// Two inputs of shapes (n, k) and (k), two outputs: the weighted sum of each row, and the number of calls so far, which
/// is a state. The weighted rows are a hidden output.
/// </summary>
internal sealed class WeightedRows : CustomOperator
{
    public override IReadOnlyList<string> Inputs => ["rows", "weight"];

    public override IReadOnlyList<string> Outputs => ["sum", "calls", "weighted"];

    public override IReadOnlyList<string> States => ["count"];

    public override int HiddenOutputs => 1;

    public override void InferShapes(ShapeInference shapes)
    {
        Shape rows = shapes.Input(0);
        shapes.SetInput(2, [1]);
        shapes.SetOutput(1, [1]);
        if (rows.Rank == 0)
            return;
        if (rows.Rank != 2)
            throw shapes.Error("the rows must be a matrix.");
        shapes.SetInput(1, [rows[1]]);
        shapes.SetOutput(0, [rows[0]]);
        shapes.SetOutput(2, rows);
    }

    public override void Forward(CustomForward call)
    {
        NDArray weighted = Imperative.Call("broadcast_mul", call.Inputs[0], call.Inputs[1].Reshape(1, -1));
        call.Set(2, weighted);
        call.Set(0, weighted.Sum([1]));
        if (call.IsTraining)
            (call.States[0] + 1).CopyTo(call.States[0]);
        call.States[0].CopyTo(call.Output(1));
    }

    public override void Backward(CustomBackward call)
    {
        NDArray gradient = call.OutputGradients[0].Reshape(-1, 1);
        if (call.Wants(0))
            call.Set(0, Imperative.Call("broadcast_mul", gradient, call.Inputs[1].Reshape(1, -1)));
        // The sum over rows of rows * gradient, by way of the hidden output.
        NDArray rows = Imperative.Call("broadcast_mul", call.Outputs[2], gradient).Sum([0]);
        call.Set(1, rows / call.Inputs[1]);
    }

    internal static void Register() => CustomOperator.Register("test_weighted_rows", _ => new WeightedRows());
}

/// <summary>Runs code that a test gives.</summary>
internal sealed class Scripted(Action<CustomForward> forward, Action<CustomBackward>? backward = null) : CustomOperator
{
    public override bool HasGradient => backward is not null;

    public override void Forward(CustomForward call) => forward(call);

    public override void Backward(CustomBackward call) => backward!(call);

    /// <summary>Registers it under a new name.</summary>
    internal static string Register(Action<CustomForward> forward, Action<CustomBackward>? backward = null)
    {
        string name = $"test_scripted_{Guid.NewGuid():N}";
        CustomOperator.Register(name, _ => new Scripted(forward, backward));
        return name;
    }
}
