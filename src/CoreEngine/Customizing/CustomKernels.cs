using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>A custom operator's code as kernels: arrays on the kernel's memory, operations that run at once.</summary>
/// <remarks>Where it <see cref="RunsOnCaller"/> there are no kernels: then <see cref="RunOnCaller"/> calls the code.</remarks>
internal sealed class CustomKernels(CustomOperator custom) : ICustomOperator, IDisposable
{
    public string[] Inputs { get; } = [.. custom.Inputs];

    public string[] Outputs { get; } = [.. custom.Outputs];

    public string[] States { get; } = [.. custom.States];

    public int HiddenOutputs { get; } = custom.HiddenOutputs;

    public BackwardNeeds BackwardNeeds { get; } = custom.BackwardNeeds;

    public bool HasGradient { get; } = custom.HasGradient;

    public bool IsRandom { get; } = custom.IsRandom;

    public bool RunsOnCaller { get; } = custom.RunsOnCaller;

    public GradientRule? ComposedGradient => custom.ComposedGradient;

    public void InferShapes(ShapeInference shapes) => custom.InferShapes(shapes);

    public void InferTypes(TypeInference types) => custom.InferTypes(types);

    public void Forward(ref KernelContext context)
    {
        using InlineScope inline = Run(ref context);
        using AutogradScope mode = Autograd.Pause(context.IsTraining);
        using ArrayScope.Suspension callers = ArrayScope.Suspend();
        using var scope = new ArrayScope();
        Forward(CustomArguments.Of(ref context), scope);
    }

    public void Backward(ref KernelContext context)
    {
        using InlineScope inline = Run(ref context);
        using AutogradScope mode = Autograd.Pause(context.IsTraining);
        using ArrayScope.Suspension callers = ArrayScope.Suspend();
        using var scope = new ArrayScope();
        Backward(CustomArguments.Of(ref context), scope);
    }

    /// <summary>Runs a call on this thread, now.</summary>
    /// <param name="op">The operator: forward or backward.</param>
    /// <param name="inputs">Its inputs; those that are not read may be null.</param>
    /// <param name="outputs">Where results go, also those that nobody wants.</param>
    /// <param name="requests">What to do with each result.</param>
    /// <param name="isTraining">Whether this is part of a training pass.</param>
    internal static void RunOnCaller(
        BoundOperator op,
        ReadOnlySpan<NDArray?> inputs,
        ReadOnlySpan<NDArray> outputs,
        ReadOnlySpan<Request> requests,
        bool isTraining
    )
    {
        var custom = (CustomKernels)op.Parameters<CustomParameters>().Operator;
        using AutogradScope mode = Autograd.Pause(isTraining);
        using ArrayScope.Suspension callers = ArrayScope.Suspend();
        using var scope = new ArrayScope();
        var arguments = CustomArguments.Of(op, inputs, outputs, requests, isTraining);
        if (op.Definition.IsInternal)
            custom.Backward(arguments, scope);
        else
            custom.Forward(arguments, scope);
    }

    public void Dispose() => (custom as IDisposable)?.Dispose();

    private void Forward(CustomArguments arguments, ArrayScope scope)
    {
        using var call = new CustomForward(arguments, scope, Inputs.Length, States.Length);
        custom.Forward(call);
        call.Finish();
    }

    private void Backward(CustomArguments arguments, ArrayScope scope)
    {
        using var call = new CustomBackward(arguments, scope, this);
        custom.Backward(call);
        call.Finish();
    }

    private InlineScope Run(ref KernelContext context) =>
        RunsOnCaller
            ? throw new OperatorException(context.Operator.Name, "a call that runs on the caller is no operation.")
            : Engine.RunInline();
}
