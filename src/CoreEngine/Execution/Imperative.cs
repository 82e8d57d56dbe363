using System.Globalization;
using CoreEngine.Operators;
using CoreEngine.Runtime;

namespace CoreEngine;

/// <summary>Runs operators on arrays: infers, allocates, schedules, records. The one entry for every array operation.</summary>
public static class Imperative
{
    /// <summary>
    /// Calls an operator by name with string attributes. Where they leave out how many inputs there are
    /// (<c>num_args</c>), the inputs given are counted.
    /// </summary>
    /// <inheritdoc cref="Invoke(BoundOperator, ReadOnlySpan{NDArray}, ReadOnlySpan{NDArray})"/>
    public static NDArray[] Invoke(
        string name,
        ReadOnlySpan<NDArray> inputs,
        IReadOnlyDictionary<string, string>? attributes = null,
        ReadOnlySpan<NDArray?> outputs = default
    )
    {
