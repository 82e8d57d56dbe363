namespace CoreEngine.Data;

/// <summary>Reads examples of one size, one after another.</summary>
internal interface IExampleSource : IDisposable
{
    /// <summary>The next example; false at the end.</summary>
    /// <param name="data">Takes its values.</param>
    /// <param name="label">Takes its labels.</param>
    /// <param name="index">Its number.</param>
    public bool Next(Span<float> data, Span<float> label, out ulong index);

    /// <summary>Goes to the first example.</summary>
    public void Restart();
}
