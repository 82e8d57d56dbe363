using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>Single arrays in the bytes of MXNet's files, as they go from process to process.</summary>
internal sealed class RawArrayFormat : StoredFormat
{
    private readonly FieldMap[] _maps;

    public RawArrayFormat()
    {
        Seeds =
        [
            .. SampleArrays
                .Dense.Arrays.Concat(SampleArrays.Sparse.Arrays)
                .Select(array => Valid(new StoredArrayList([array], []))),
        ];
        _maps = [.. Seeds.Select(ArrayFileMap.OfArray)];
    }

    /// <inheritdoc/>
    public override string Name => "array";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random) =>
        random.Next(3) == 0 ? ByteMutation.Apply(Seeds[seed], random) : _maps[seed].ChangeNumbers(Seeds[seed], random);

    /// <inheritdoc/>
    protected override StoredArrayList Read(Stream stream, StoragePool pool) =>
        new([NDArrayFile.ReadOne(stream, "the input", pool)], []);

    /// <inheritdoc/>
    protected override void Write(Stream stream, StoredArrayList list) => NDArrayFile.WriteOne(stream, list.Arrays[0]);
}
