using System.IO.MemoryMappedFiles;

namespace CoreEngine.Fuzz;

/// <summary>
/// Says on the disk which inputs are being read. Memory mapped: what was written is there even when the process dies at
/// that very input, for instance because the stack overflows, and can report nothing itself.
/// </summary>
internal sealed class RunningMark : IDisposable
{
    private const int NumberBytes = sizeof(long);

    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    /// <summary>Starts a mark for so many threads. The file is gone again when the mark is disposed of.</summary>
    public RunningMark(string path, int seed, int threads)
    {
        _path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, NumberBytes * (threads + 1));
        _view = _file.CreateViewAccessor();
        _view.Write(0, (long)seed);
        for (int i = 0; i < threads; i++)
        {
            Set(i, -1);
        }
    }

    /// <summary>The seed and the numbers that were in work when a process died; null when none did.</summary>
    public static (int Seed, IReadOnlyList<long> Numbers)? Left(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] bytes = File.ReadAllBytes(path);
        long[] numbers = new long[bytes.Length / NumberBytes];
        System.Buffer.BlockCopy(bytes, 0, numbers, 0, numbers.Length * NumberBytes);
        return numbers.Length < 2 ? null : ((int)numbers[0], [.. numbers.Skip(1).Where(number => number >= 0)]);
    }

    /// <summary>Says what a thread reads from now on.</summary>
    public void Set(int thread, long number) => _view.Write(NumberBytes * (thread + 1), number);

    /// <summary>Ends the mark: whatever was read was borne, or is reported.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }
}
