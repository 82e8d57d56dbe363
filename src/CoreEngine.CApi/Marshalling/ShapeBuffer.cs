using System.Numerics;
using CoreEngine.Runtime;

namespace CoreEngine.CApi;

/// <summary>A list of shapes as C sees it: their ranks, and for each a pointer to its extents.</summary>
internal sealed unsafe class ShapeBuffer
{
    private readonly NativeBuffer _ranks = new();
    private readonly NativeBuffer _pointers = new();
    private readonly NativeBuffer _extents = new();

    /// <summary>The extents of one shape.</summary>
    /// <exception cref="EngineException">An extent is too large for the C type.</exception>
    internal T* Extents<T>(Shape shape)
        where T : unmanaged, IBinaryInteger<T>
    {
        var memory = (T*)_extents.Bytes((nuint)Math.Max(shape.Rank, 1) * (nuint)sizeof(T));
        Fill(memory, shape);
        return memory;
    }

    /// <summary>The ranks and extents of several shapes.</summary>
    /// <param name="shapes">The shapes; one that is not known has rank 0.</param>
    /// <param name="unknownRank">The rank that says "not known".</param>
    /// <param name="ranks">The ranks.</param>
    /// <param name="extents">For each shape its extents.</param>
    internal void Fill<TRank, T>(IReadOnlyList<Shape> shapes, TRank unknownRank, out TRank* ranks, out T** extents)
        where TRank : unmanaged, IBinaryInteger<TRank>
        where T : unmanaged, IBinaryInteger<T>
    {
        nuint total = 0;
        foreach (Shape shape in shapes)
        {
            total += (nuint)shape.Rank;
        }

        ranks = (TRank*)_ranks.Bytes((nuint)shapes.Count * (nuint)sizeof(TRank));
        extents = (T**)_pointers.Bytes((nuint)shapes.Count * (nuint)sizeof(T*));
        var next = (T*)_extents.Bytes(total * (nuint)sizeof(T));
        for (int i = 0; i < shapes.Count; i++)
        {
            ranks[i] = shapes[i].Rank == 0 ? unknownRank : TRank.CreateChecked(shapes[i].Rank);
            extents[i] = next;
            Fill(next, shapes[i]);
            next += shapes[i].Rank;
        }
    }

    private static void Fill<T>(T* memory, Shape shape)
        where T : unmanaged, IBinaryInteger<T>
    {
        for (int i = 0; i < shape.Rank; i++)
        {
            try
            {
                memory[i] = T.CreateChecked(shape[i]);
            }
            catch (OverflowException)
            {
                throw new EngineException(
                    $"The shape {shape} has an extent beyond 32 bits; ask with the 64-bit form of this function."
                );
            }
        }
    }
}
