namespace CoreEngine.CApi;

/// <summary>
/// The outputs of a call: either arrays that the caller gave, some of them perhaps empty places, or new ones of which the
/// caller gets handles.
/// </summary>
internal readonly unsafe ref struct GivenOutputs
{
    private readonly int* _count;
    private readonly nint** _handles;
    private readonly ArrayHandle[]? _places;

    /// <summary>Reads what the caller gave.</summary>
    /// <exception cref="HandleException">One of the handles is no array's.</exception>
    internal GivenOutputs(int* count, nint** handles)
    {
        Pointers.Require(count, "num_outputs");
        Pointers.Require(handles, "outputs");
        _count = count;
        _handles = handles;
        if (*handles is null)
            return;
        ReadOnlySpan<nint> given = Pointers.Span(*handles, *count, "outputs");
        _places = new ArrayHandle[given.Length];
        Arrays = new NDArray?[given.Length];
        for (int i = 0; i < given.Length; i++)
        {
            _places[i] = Handles.Slot(given[i], $"outputs[{i}]");
            Arrays[i] = _places[i].Array;
        }
    }

    /// <summary>The arrays to write to, null where there is none yet; no array at all when the caller gave none.</summary>
    internal NDArray?[] Arrays { get; } = [];

    /// <summary>Hands the results over.</summary>
    internal void Return(NDArray[] results)
    {
        if (_places is not null)
        {
            for (int i = 0; i < Math.Min(_places.Length, results.Length); i++)
            {
                _places[i].Array ??= results[i];
            }

            return;
        }

        *_handles = Results.Handles(results);
        *_count = results.Length;
    }
}
