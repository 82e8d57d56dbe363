namespace CoreEngine;

/// <summary>A forward call of a custom operator.</summary>
public sealed class CustomForward : CustomCall
{
    internal CustomForward(CustomArguments arguments, ArrayScope scope, int inputCount, int stateCount)
        : base(arguments, scope, inputCount, stateCount) => Inputs = arguments.Take(0, inputCount);

    /// <summary>The inputs, to be read only.</summary>
    public IReadOnlyList<NDArray> Inputs { get; }

    /// <summary>Whether somebody wants an output.</summary>
    public bool Wants(int output) => IsWanted(output);

    /// <summary>The array to write an output into. All of it must be written.</summary>
    public NDArray Output(int output) => Target(output);

    /// <summary>Copies an output's values.</summary>
    /// <exception cref="EngineException">The shape or type is not the one that was inferred.</exception>
    public void Set(int output, NDArray value) => SetTarget(output, value);
}
