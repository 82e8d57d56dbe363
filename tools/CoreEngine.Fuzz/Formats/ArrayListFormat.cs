using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>MXNet's <c>.params</c> and <c>.nd</c> files in every version.</summary>
internal sealed class ArrayListFormat : StoredFormat
{
    /// <summary>Larger arrays are not made dense: a few bytes may honestly describe a huge sparse array.</summary>
    private const long MaxDenseElements = 1 << 16;

    private readonly FieldMap[] _maps;

    /// <param name="recorded">Files that MXNet wrote.</param>
    public ArrayListFormat(IEnumerable<byte[]> recorded)
    {
        StoredArrayList dense = SampleArrays.Dense;
        Seeds =
        [
            Valid(dense),
            Valid(SampleArrays.Sparse),
            .. new[] { NDArrayFileVersion.V0, NDArrayFileVersion.V1, NDArrayFileVersion.V3 }.Select(version =>
                Valid(dense with { Version = version })
            ),
            .. recorded,
        ];
        _maps = [.. Seeds.Select(ArrayFileMap.OfList)];
    }

    /// <inheritdoc/>
    public override string Name => "params";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random)
    {
        byte[] changed = random.Next(5) switch
        {
            0 => _maps[seed].ChangeParts(Seeds[seed], random),
            1 or 2 or 3 => _maps[seed].ChangeNumbers(Seeds[seed], random),
            _ => ByteMutation.Apply(Seeds[seed], random),
        };
        return random.Next(5) == 0 ? ByteMutation.Apply(changed, random) : changed;
    }

    /// <inheritdoc/>
    public override void CheckAccepted(object value, StoragePool pool)
    {
        base.CheckAccepted(value, pool);
        CheckArrays((StoredArrayList)value);
    }

    /// <inheritdoc/>
    protected override StoredArrayList Read(Stream stream, StoragePool pool) =>
        NDArrayFile.Read(stream, "the input", pool);

    /// <inheritdoc/>
    protected override void Write(Stream stream, StoredArrayList list)
    {
        bool isSparse = list.Arrays.Any(array => array.Storage != StorageType.Default);
        NDArrayFile.Write(stream, list.Arrays, list.Names, isSparse ? NDArrayFileVersion.V2 : list.Version);
    }

    /// <summary>Indices that a reader lets through must be safe for everything that trusts them.</summary>
    private void CheckArrays(StoredArrayList list)
    {
        if (
            list.Arrays.All(array => array.Storage == StorageType.Default)
            || list.Arrays.Any(array => !array.Shape.IsKnown)
        )
        {
            return;
        }

        using MemoryStream stream = new(Valid(list));
        foreach (NDArray array in NDArray.LoadList(stream))
        {
            if (array.Size <= MaxDenseElements)
            {
                using NDArray whole = array.ToDense();
                whole.WaitToRead();
            }

            array.Dispose();
        }
    }
}
