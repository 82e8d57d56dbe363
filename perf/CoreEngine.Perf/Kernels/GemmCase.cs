using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>One matrix multiplication, C = op(A) op(B) with C of M x N and depth K.</summary>
internal sealed record GemmCase(string Family, bool TransA, bool TransB, long M, long N, long K)
{
    /// <summary>The 24 shapes that are measured in each type.</summary>
    public static IReadOnlyList<GemmCase> All { get; } =
    [
        new("square", false, false, 64, 64, 64),
        new("square", false, false, 128, 128, 128),
        new("square", false, false, 256, 256, 256),
        new("square", false, false, 512, 512, 512),
        new("square", false, false, 1024, 1024, 1024),
        new("square", false, false, 2048, 2048, 2048),
        new("skinny", false, true, 1, 4096, 4096),
        new("skinny", false, false, 4, 1024, 1024),
        new("skinny", false, true, 8, 1024, 1024),
        new("skinny", false, false, 16, 4096, 4096),
        new("skinny", false, true, 32, 1024, 1024),
        new("skinny", false, false, 64, 1024, 1024),
        new("tall", false, false, 1024, 64, 1024),
        new("tall", false, false, 3136, 64, 576),
        new("transposed", false, false, 768, 768, 768),
        new("transposed", false, true, 768, 768, 768),
        new("transposed", true, false, 768, 768, 768),
        new("transposed", true, true, 768, 768, 768),
        new("LSTM", false, true, 32, 1024, 512),
        new("LSTM", false, true, 32, 2048, 512),
        new("dense", false, true, 64, 800, 500),
        new("attention", false, true, 128, 128, 64),
        new("attention", false, false, 512, 64, 512),
        new("attention", false, true, 512, 512, 64),
    ];

    /// <summary>Multiplications and additions.</summary>
    public double Operations => 2.0 * M * N * K;

    /// <summary>Elements of both operands and of the result.</summary>
    public double Elements => (1.0 * M * K) + (1.0 * K * N) + (1.0 * M * N);

    /// <summary>The row's name.</summary>
    public string Title(DType dtype) =>
        $"{dtype.Name()} {Family} {(TransA ? 'T' : 'N')}{(TransB ? 'T' : 'N')} {M}x{N}x{K}";
}
