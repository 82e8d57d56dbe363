using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace CoreEngine.CApi;

/// <summary>What this build has, under the names that clients of MXNet ask for.</summary>
internal static unsafe class Features
{
    private static readonly (string Name, bool IsThere)[] s_features =
    [
        ("CUDA", false),
        ("CUDNN", false),
        ("CPU_SSE2", Sse2.IsSupported),
        ("CPU_SSE4_2", Sse42.IsSupported),
        ("CPU_AVX", Avx.IsSupported),
        ("CPU_AVX2", Avx2.IsSupported),
        ("OPENMP", false),
        ("OPENCV", false),
        ("BLAS_OPEN", false),
        ("DIST_KVSTORE", false),
        ("INT64_TENSOR_SIZE", true),
        ("PROFILER", true),
    ];

    /// <summary>How many there are.</summary>
    internal static nuint Count => (nuint)s_features.Length;

    /// <summary>The list, which stays for as long as the process lives.</summary>
    internal static LibFeature* List { get; } = Make();

    private static LibFeature* Make()
    {
        var list = (LibFeature*)NativeMemory.Alloc((nuint)s_features.Length, (nuint)sizeof(LibFeature));
        for (int i = 0; i < s_features.Length; i++)
        {
            list[i] = new LibFeature
            {
                Name = Permanent.Text(s_features[i].Name),
                Enabled = s_features[i].IsThere ? (byte)1 : (byte)0,
            };
        }

        return list;
    }
}
