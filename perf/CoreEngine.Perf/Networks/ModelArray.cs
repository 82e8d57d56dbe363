namespace CoreEngine.Perf;

/// <summary>An input or a result of a model file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">Its values, or the memory for them.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record ModelArray(string Name, float[] Values, long[] Shape);
