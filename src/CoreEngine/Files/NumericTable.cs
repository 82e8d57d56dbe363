namespace CoreEngine.Files;

/// <summary>A table of numbers.</summary>
/// <param name="Rows">Number of rows, 1 or more.</param>
/// <param name="Columns">Number of columns, 1 or more.</param>
/// <param name="Values">All numbers, row by row.</param>
public sealed record NumericTable(int Rows, int Columns, float[] Values)
{
    /// <summary>The numbers of one row.</summary>
    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Columns, Columns);
}
