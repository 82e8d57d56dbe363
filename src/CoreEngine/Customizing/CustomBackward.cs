using CoreEngine.Operators;

namespace CoreEngine;

/// <summary>A backward call of a custom operator. All arrays but the gradients of the inputs are to be read only.</summary>
public sealed class CustomBackward : CustomCall
{
    private readonly BackwardNeeds _needs;
    private readonly NDArray[] _outputGradients;
    private readonly NDArray[] _inputs;
    private readonly NDArray[] _outputs;

    internal CustomBackward(CustomArguments arguments, ArrayScope scope, ICustomOperator custom)
        : base(arguments, scope, arguments.Inputs.Length - custom.States.Length, custom.States.Length)
    {
        _needs = custom.BackwardNeeds;
        int visible = custom.Outputs.Length - custom.HiddenOutputs;
        int inputs = custom.Inputs.Length;
        _outputGradients = Read(arguments, BackwardNeeds.OutputGradients, 0, visible);
        _inputs = Read(arguments, BackwardNeeds.Inputs, visible, inputs);
        _outputs = Read(arguments, BackwardNeeds.Outputs, visible + inputs, custom.Outputs.Length);
    }

    /// <summary>The gradients of the outputs that callers see.</summary>
    public IReadOnlyList<NDArray> OutputGradients => Needed(BackwardNeeds.OutputGradients, _outputGradients);

    /// <summary>The forward call's inputs.</summary>
    public IReadOnlyList<NDArray> Inputs => Needed(BackwardNeeds.Inputs, _inputs);

    /// <summary>The forward call's outputs, hidden ones last.</summary>
    public IReadOnlyList<NDArray> Outputs => Needed(BackwardNeeds.Outputs, _outputs);

    /// <summary>Whether somebody wants the gradient of an input.</summary>
    public bool Wants(int input) => IsWanted(input);

    /// <summary>The array to write the gradient of an input into. All of it must be written.</summary>
    public NDArray InputGradient(int input) => Target(input);

    /// <summary>Copies the values of the gradient of an input.</summary>
    /// <exception cref="EngineException">The shape or type is not the input's.</exception>
    public void Set(int input, NDArray value) => SetTarget(input, value);

    private NDArray[] Read(CustomArguments arguments, BackwardNeeds what, int first, int count) =>
        _needs.HasFlag(what) ? arguments.Take(first, count) : [];

    private NDArray[] Needed(BackwardNeeds what, NDArray[] arrays) =>
        _needs.HasFlag(what)
            ? arrays
            : throw new EngineException($"Backward reads {what}, which BackwardNeeds leaves out.");
}
