namespace CoreEngine.Kernels;

/// <summary>Rows that are constant except in one place.</summary>
public static unsafe class OneHot
{
    /// <summary>Row i of the output has <paramref name="on"/> at place <c>indices[i]</c>, and <paramref name="off"/> elsewhere.</summary>
    /// <param name="dtype">Element type of the output.</param>
    /// <param name="indices">A place per row; where it does not exist, the row is <paramref name="off"/> everywhere.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="depth">Length of a row.</param>
    /// <param name="on">The value at the place.</param>
    /// <param name="off">The value elsewhere.</param>
    /// <param name="y">The output.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such element type.</exception>
    public static void Encode(DType dtype, long* indices, long count, long depth, double on, double off, void* y)
    {
        Elementwise.Fill(dtype, off, y, count * depth);
        long element;
        Elementwise.Fill(dtype, on, &element, 1);
        int size = dtype.ItemSize();
        for (long i = 0; i < count; i++)
        {
            if ((ulong)indices[i] < (ulong)depth)
                Buffer.MemoryCopy(&element, (byte*)y + (((i * depth) + indices[i]) * size), size, size);
        }
    }
}
