namespace CoreEngine;

/// <summary>What was deduced of the arrays of a symbol, in the order of its lists.</summary>
/// <typeparam name="T">Shape, element type or storage.</typeparam>
/// <param name="Arguments">One for each of <see cref="Symbol.ListArguments"/>.</param>
/// <param name="Outputs">One for each of <see cref="Symbol.ListOutputs"/>.</param>
/// <param name="AuxiliaryStates">One for each of <see cref="Symbol.ListAuxiliaryStates"/>.</param>
/// <param name="IsComplete">Whether everything is known, also of what is neither given nor an output.</param>
public sealed record InferredArrays<T>(
    IReadOnlyList<T> Arguments,
    IReadOnlyList<T> Outputs,
    IReadOnlyList<T> AuxiliaryStates,
    bool IsComplete
);
