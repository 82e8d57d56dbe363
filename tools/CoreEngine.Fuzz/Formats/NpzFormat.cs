using System.IO.Compression;
using CoreEngine.Files;
using CoreEngine.Runtime;

namespace CoreEngine.Fuzz;

/// <summary>NumPy's <c>.npz</c> files: damage to the zip file, and intact zip files of damaged members.</summary>
internal sealed class NpzFormat : StoredFormat
{
    private readonly NpyFormat _members = new();
    private readonly FieldMap[] _maps;

    public NpzFormat()
    {
        using var plain = new MemoryStream();
        NpzFile.Write(plain, SampleArrays.Dense.Arrays, SampleArrays.Dense.Names);
        using var packed = new MemoryStream();
        NpzFile.Write(packed, SampleArrays.Dense.Arrays, SampleArrays.Dense.Names, isCompressed: true);
        Seeds = [plain.ToArray(), packed.ToArray()];
        _maps = [.. Seeds.Select(ZipFileMap.Of)];
    }

    /// <inheritdoc/>
    public override string Name => "npz";

    /// <inheritdoc/>
    public override IReadOnlyList<byte[]> Seeds { get; }

    /// <inheritdoc/>
    public override bool MayExpand => true;

    /// <inheritdoc/>
    public override byte[] Mutate(int seed, Random random) =>
        random.Next(5) switch
        {
            0 => ByteMutation.Apply(Seeds[seed], random),
            1 => _maps[seed].ChangeNumbers(Seeds[seed], random),
            2 => _maps[seed].ChangeParts(Seeds[seed], random),
            _ => Zip(random),
        };

    /// <inheritdoc/>
    protected override StoredArrayList Read(Stream stream, StoragePool pool) => NpzFile.Read(stream, "the input", pool);

    /// <inheritdoc/>
    protected override void Write(Stream stream, StoredArrayList list) =>
        NpzFile.Write(stream, list.Arrays, list.Names);

    private byte[] Zip(Random random)
    {
        string[] names = ["a.npy", "b.npy", "b", "../c.npy", "", ".npy", "\0.npy"];
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (int i = random.Next(3); i >= 0; i--)
            {
                string name = random.Next(4) != 0 ? $"{i}.npy" : names[random.Next(names.Length)];
                if (name.Length == 0)
                {
                    continue;
                }

                CompressionLevel level =
                    random.Next(2) == 0 ? CompressionLevel.Fastest : CompressionLevel.NoCompression;
                using Stream member = archive.CreateEntry(name, level).Open();
                int seed = random.Next(_members.Seeds.Count);
                member.Write(random.Next(2) == 0 ? _members.Seeds[seed] : _members.Mutate(seed, random));
            }
        }

        return stream.ToArray();
    }
}
