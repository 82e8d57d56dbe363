namespace CoreEngine.Perf;

using static OperatorInput;

/// <summary>Fourier transforms of rows, of lengths with small factors and of a prime one, sketches, and numbers as bytes.</summary>
internal static class SignalCases
{
    private const string Group = "signal";

    public static IEnumerable<OperatorCase> All =>
        [
            .. Transforms(512, 1024),
            .. Transforms(500, 1000),
            .. Transforms(512, 1009),
            new OperatorCase(
                Group,
                "_contrib_count_sketch",
                [Signed(512, 1024), Index(256, 1, 1024) with { DType = DType.Float32 }, Signed(1, 1024)],
                "torch.zeros(512, 256).index_add_(1, h, a * c)"
            )
            {
                Attributes = "out_dim=256",
                Setup = "h = b.detach().long().reshape(-1)",
                Variables = "a",
            },
            new OperatorCase(
                Group,
                "_contrib_quantize",
                [Uniform(0, 1, 512, 1024), Constant(0, 1), Constant(1, 1)],
                "torch.quantize_per_tensor(a, 1 / 255, 0, torch.quint8)"
            )
            {
                Expected = "y.int_repr()",
                // Halves are rounded differently.
                Bound = 1 / 254.0,
            },
            new OperatorCase(
                Group,
                "_contrib_dequantize",
                [Index(256, 512, 1024) with { DType = DType.UInt8 }, Constant(0, 1), Constant(1, 1)],
                "q.dequantize()"
            )
            {
                Attributes = "out_type=float32",
                Setup = "q = torch._make_per_tensor_quantized_tensor(a.to(torch.uint8), 1 / 255, 0)",
            },
        ];

    private static IEnumerable<OperatorCase> Transforms(int rows, int length) =>
        [
            new OperatorCase(
                Group,
                "_contrib_fft",
                [Signed(rows, length)],
                $"torch.view_as_real(torch.fft.fft(a)).reshape({rows}, {2 * length})"
            )
            {
                Detail = $"{rows}x{length}",
                Variables = "a",
            },
            new OperatorCase(
                Group,
                "_contrib_ifft",
                [Signed(rows, 2 * length)],
                $"torch.fft.ifft(torch.view_as_complex(a.reshape({rows}, {length}, 2)), norm='forward').real.contiguous()"
            )
            {
                Detail = $"{rows}x{length}",
            },
        ];
}
