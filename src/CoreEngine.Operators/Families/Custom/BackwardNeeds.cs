namespace CoreEngine.Operators;

/// <summary>What the backward pass of a custom operator reads. What it does not read need not be kept until then.</summary>
[Flags]
public enum BackwardNeeds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The gradients of the outputs; losses at the end of a network do without.</summary>
    OutputGradients = 1,

    /// <summary>The inputs.</summary>
    Inputs = 2,

    /// <summary>The outputs.</summary>
    Outputs = 4,

    /// <summary>All of it.</summary>
    All = OutputGradients | Inputs | Outputs,
}
