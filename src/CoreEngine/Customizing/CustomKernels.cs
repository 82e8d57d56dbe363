using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>A custom operator's code as kernels: arrays on the kernel's memory, operations that run at once.</summary>
internal sealed class CustomKernels(CustomOperator custom) : ICustomOperator
{
    public string[] Inputs { get; } = [.. custom.Inputs];

    public string[] Outputs { get; } = [.. custom.Outputs];

    public string[] States { get; } = [.. custom.States];

    public int HiddenOutputs { get; } = custom.HiddenOutputs;

    public BackwardNeeds BackwardNeeds { get; } = custom.BackwardNeeds;

    public bool HasGradient { get; } = custom.HasGradient;

    public bool IsRandom { get; } = custom.IsRandom;

    public GradientRule? ComposedGradient => custom.ComposedGradient;

    public void InferShapes(ShapeInference shapes) => custom.InferShapes(shapes);

    public void InferTypes(TypeInference types) => custom.InferTypes(types);

    public void Forward(ref KernelContext context)
    {
        using InlineScope inline = Engine.RunInline();
        using AutogradScope mode = Autograd.Pause(context.IsTraining);
        using ArrayScope.Suspension callers = ArrayScope.Suspend();
        using var scope = new ArrayScope();
        using var call = new CustomForward(ref context, scope, Inputs.Length, States.Length);
        custom.Forward(call);
        call.Finish();
    }

    public void Backward(ref KernelContext context)
    {
        using InlineScope inline = Engine.RunInline();
        using AutogradScope mode = Autograd.Pause(context.IsTraining);
        using ArrayScope.Suspension callers = ArrayScope.Suspend();
        using var scope = new ArrayScope();
        using var call = new CustomBackward(ref context, scope, this);
        custom.Backward(call);
        call.Finish();
    }
}
