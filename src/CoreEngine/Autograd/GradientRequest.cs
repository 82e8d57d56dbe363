namespace CoreEngine;

/// <summary>What backward does with the gradient of a variable. The numbers are those of MXNet's C ABI.</summary>
public enum GradientRequest
{
    /// <summary>No gradient is computed.</summary>
    Null = 0,

    /// <summary>Each backward pass overwrites the gradient array.</summary>
    Write = 1,

    /// <summary>Each backward pass adds to the gradient array.</summary>
    Add = 3,
}
