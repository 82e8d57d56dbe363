using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.Kernels;

/// <summary>What this machine's processor offers, as far as kernels care.</summary>
public static class CpuInfo
{
    private static readonly (long L1, long L2, long L3) s_caches = ReadCaches();

    /// <summary>Logical processors that this process may use.</summary>
    public static int ProcessorCount => Environment.ProcessorCount;

    /// <summary>Level 1 data cache of one core, in bytes; 32 KiB when unknown.</summary>
    public static long L1Bytes => s_caches.L1;

    /// <summary>Level 2 cache of one core, in bytes; 512 KiB when unknown.</summary>
    public static long L2Bytes => s_caches.L2;

    /// <summary>Last-level cache that cores share, in bytes; 8 MiB when unknown.</summary>
    public static long L3Bytes => s_caches.L3;

    /// <summary>The processor's name as it states itself, or the architecture when it does not.</summary>
    public static string Name { get; } = ReadName();

    /// <summary>Bits of the widest registers that kernels use: 512, 256, 128, or 64 when there are none.</summary>
    public static int VectorBits =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 64;

    /// <summary>
    /// The instruction sets in use, most basic first, for example <c>sse4.2 avx avx2 fma</c>. Sets that the runtime was
    /// told not to use (<c>DOTNET_EnableAVX2=0</c> and so on) are left out.
    /// </summary>
    public static string InstructionSets { get; } = ReadInstructionSets();

    private static string ReadInstructionSets()
    {
        var names = new List<string>();
        void Add(bool supported, string name)
        {
            if (supported)
            {
                names.Add(name);
            }
        }

        Add(Sse2.IsSupported, "sse2");
        Add(Sse42.IsSupported, "sse4.2");
        Add(Avx.IsSupported, "avx");
        Add(Avx2.IsSupported, "avx2");
        Add(Fma.IsSupported, "fma");
        Add(Avx512F.IsSupported, "avx512f");
        Add(Avx512BW.IsSupported, "avx512bw");
        Add(Avx512DQ.IsSupported, "avx512dq");
        Add(Avx512Vbmi.IsSupported, "avx512vbmi");
        Add(System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported, "neon");
        return names.Count == 0 ? "none" : string.Join(' ', names);
    }

    private static (long L1, long L2, long L3) ReadCaches()
    {
        long l1 = 0;
        long l2 = 0;
        long l3 = 0;
        const string Folder = "/sys/devices/system/cpu/cpu0/cache";
        for (int index = 0; index < 8; index++)
        {
            string level = ReadLine($"{Folder}/index{index}/level");
            if (level.Length == 0)
            {
                break;
            }

            if (ReadLine($"{Folder}/index{index}/type") == "Instruction")
            {
                continue;
            }

            long size = ParseSize(ReadLine($"{Folder}/index{index}/size"));
            switch (level)
            {
                case "1":
                    l1 = size;
                    break;
                case "2":
                    l2 = size;
                    break;
                default:
                    l3 = Math.Max(l3, size);
                    break;
            }
        }

        return (l1 > 0 ? l1 : 32 << 10, l2 > 0 ? l2 : 512 << 10, l3 > 0 ? l3 : 8 << 20);
    }

    /// <summary>Reads the kernel's notation: <c>32K</c>, <c>1024K</c>, <c>32M</c>.</summary>
    private static long ParseSize(string text)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        long unit = text[^1] switch
        {
            'K' => 1L << 10,
            'M' => 1L << 20,
            'G' => 1L << 30,
            _ => 1,
        };
        ReadOnlySpan<char> digits = unit == 1 ? text : text.AsSpan(0, text.Length - 1);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size * unit : 0;
    }

    private static string ReadName()
    {
        if (X86Base.IsSupported && (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax >= 0x80000004)
        {
            Span<int> words = stackalloc int[12];
            for (int i = 0; i < 3; i++)
            {
                (words[4 * i], words[(4 * i) + 1], words[(4 * i) + 2], words[(4 * i) + 3]) = X86Base.CpuId(
                    unchecked((int)0x80000002) + i,
                    0
                );
            }

            string name = System.Text.Encoding.ASCII.GetString(MemoryMarshal.AsBytes(words)).Trim('\0', ' ');
            if (name.Length > 0)
            {
                return name;
            }
        }

        return RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string ReadLine(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ""; // A container may hide it; the defaults then serve.
        }
    }
}
