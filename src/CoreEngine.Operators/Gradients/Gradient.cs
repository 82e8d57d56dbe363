namespace CoreEngine.Operators;

/// <summary>Gradient rules that many operators share.</summary>
public static class Gradient
{
    /// <summary>No gradient flows to any input, and asking for one is not an error: the derivative is zero.</summary>
    public static GradientRule Zero { get; } =
        static context =>
        {
            for (int i = 0; i < context.InputCount; i++)
            {
                context.Set(i, context.Call("zeros_like", context.Input(i)));
            }
        };

    /// <summary>The output's gradient flows unchanged to the first input.</summary>
    public static GradientRule Identity { get; } = static context => context.Set(0, context.OutputGradient(0));

    /// <summary>
    /// A backward operator with the forward call's parameters, given all output gradients, then all inputs, then all
    /// outputs; its outputs are the gradients of the inputs, in order.
    /// </summary>
    public static GradientRule Backward(string name, int[] gradients, int[] inputs, int[] outputs, int count) =>
        context =>
        {
            Value[] arguments =
            [
                .. gradients.Select(context.OutputGradient),
                .. inputs.Where(i => i < context.InputCount).Select(context.Input),
                .. outputs.Select(context.Output),
            ];
            Value first = context.CallWithSameParameters(name, arguments);
            for (int i = 0; i < Math.Min(count, context.InputCount); i++)
            {
                context.Set(i, first.Output(i));
            }
        };
}
