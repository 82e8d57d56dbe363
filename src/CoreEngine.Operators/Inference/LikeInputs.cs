namespace CoreEngine.Operators;

/// <summary>Inference of backward operators: each output is the gradient of an input and looks like it.</summary>
internal static class LikeInputs
{
    /// <summary>Output i has the shape of the input <c>inputs[i]</c>.</summary>
    internal static ShapeRule Shapes(params int[] inputs) =>
        shapes =>
        {
            for (int i = 0; i < Math.Min(shapes.OutputCount, inputs.Length); i++)
            {
                shapes.SetOutput(i, shapes.Input(inputs[i]));
                shapes.SetInput(inputs[i], shapes.Output(i));
            }
        };

    /// <summary>Output i has the type of the input <c>inputs[i]</c>.</summary>
    internal static TypeRule Types(params int[] inputs) =>
        types =>
        {
            for (int i = 0; i < Math.Min(types.OutputCount, inputs.Length); i++)
            {
                types.SetOutput(i, types.Input(inputs[i]));
                types.SetInput(inputs[i], types.Output(i));
            }
        };
}
