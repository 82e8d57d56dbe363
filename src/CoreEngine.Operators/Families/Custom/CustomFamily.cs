namespace CoreEngine.Operators;

/// <summary>The operator that calls operators which users define, and its gradient.</summary>
internal static class CustomFamily
{
    internal const string Name = "Custom";

    private const string BackwardName = "_backward_Custom";

    internal static void Register(OperatorRegistry registry)
    {
        registry.Add(
            new OperatorDef(Name)
            {
                NewParameters = () => new CustomParameters(),
                RunsUserCode = true,
                SelectInputs = op => [.. Of(op).Inputs, .. Of(op).States],
                SelectOutputs = op => Of(op).Outputs,
                CountVisibleOutputs = op => Of(op).Outputs.Length - Of(op).HiddenOutputs,
                SelectAuxiliaryCount = op => Of(op).States.Length,
                SelectMutableInputs = op => Range(Of(op).Inputs.Length, Of(op).States.Length),
                SelectIsRandom = op => Of(op).IsRandom,
                SelectRunsOnCaller = op => Of(op).RunsOnCaller,
                SelectIgnoresAdd = op => Of(op).RunsOnCaller,
                InferShape = shapes => Of(shapes.Operator).InferShapes(shapes),
                InferType = types => Of(types.Operator).InferTypes(types),
                Gradient = Differentiate,
                ComposedGradient = Compose,
                Kernel = (ref KernelContext context) => Of(context.Operator).Forward(ref context),
            }
        );
        registry.Add(
            new OperatorDef(BackwardName)
            {
                NewParameters = () => new CustomParameters(),
                RunsUserCode = true,
                SelectInputs = op =>
                    [
                        .. Names(Of(op).Outputs.AsSpan(0, Visible(op)), "_gradient"),
                        .. Of(op).Inputs,
                        .. Of(op).Outputs,
                        .. Of(op).States,
                    ],
                SelectOutputs = op => Names(Of(op).Inputs, "_gradient"),
                SelectMutableInputs = op =>
                    Range(Visible(op) + Of(op).Inputs.Length + Of(op).Outputs.Length, Of(op).States.Length),
                SelectShapeOnlyInputs = Unread,
                SelectIsRandom = op => Of(op).IsRandom,
                SelectRunsOnCaller = op => Of(op).RunsOnCaller,
                SelectIgnoresAdd = op => Of(op).RunsOnCaller,
                InferShape = InferGradientShapes,
                InferType = InferGradientTypes,
                Kernel = (ref KernelContext context) => Of(context.Operator).Backward(ref context),
            }
        );
    }

    private static ICustomOperator Of(BoundOperator op) => op.Parameters<CustomParameters>().Operator;

    private static int Visible(BoundOperator op) => Of(op).Outputs.Length - Of(op).HiddenOutputs;

    private static int[] Range(int start, int count) => [.. Enumerable.Range(start, count)];

    private static string[] Names(ReadOnlySpan<string> names, string ending)
    {
        string[] result = new string[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            result[i] = names[i] + ending;
        }

        return result;
    }

    /// <summary>The inputs of the backward call that say a shape only.</summary>
    private static int[] Unread(BoundOperator op)
    {
        ICustomOperator custom = Of(op);
        int visible = Visible(op);
        int inputs = custom.Inputs.Length;
        BackwardNeeds needs = custom.BackwardNeeds;
        return
        [
            .. needs.HasFlag(BackwardNeeds.OutputGradients) ? [] : Range(0, visible),
            .. needs.HasFlag(BackwardNeeds.Inputs) ? [] : Range(visible, inputs),
            .. needs.HasFlag(BackwardNeeds.Outputs) ? [] : Range(visible + inputs, custom.Outputs.Length),
        ];
    }

    private static void Differentiate(GradientContext context)
    {
        ICustomOperator custom = Of(context.Operator);
        if (!custom.HasGradient)
        {
            throw new OperatorException(
                Name,
                $"the custom operator '{context.Operator.Parameters<CustomParameters>().OperatorType}' has no gradient. "
                    + "Keep it off the path from the loss to the variables, or block the gradient with BlockGrad."
            );
        }

        Value gradients = context.CallWithSameParameters(
            BackwardName,
            [
                .. Range(0, Visible(context.Operator)).Select(context.OutputGradient),
                .. Range(0, custom.Inputs.Length).Select(context.Input),
                .. Range(0, custom.Outputs.Length).Select(context.Output),
                .. Range(custom.Inputs.Length, custom.States.Length).Select(context.Input),
            ]
        );
        for (int i = 0; i < custom.Inputs.Length; i++)
        {
            context.Set(i, gradients.Output(i));
        }
    }

    // Without a composition the gradient itself still exists; only gradients of it do not.
    private static void Compose(GradientContext context) =>
        (Of(context.Operator).ComposedGradient ?? Differentiate)(context);

    private static void InferGradientShapes(ShapeInference shapes)
    {
        int first = Visible(shapes.Operator);
        for (int i = 0; i < shapes.OutputCount; i++)
        {
            shapes.SetOutput(i, shapes.Input(first + i));
            shapes.SetInput(first + i, shapes.Output(i));
        }
    }

    private static void InferGradientTypes(TypeInference types)
    {
        int first = Visible(types.Operator);
        for (int i = 0; i < types.OutputCount; i++)
        {
            types.SetOutput(i, types.Input(first + i));
            types.SetInput(first + i, types.Output(i));
        }
    }
}
