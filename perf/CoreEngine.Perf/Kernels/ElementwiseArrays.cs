using System.Runtime.InteropServices;
using CoreEngine.Kernels;

namespace CoreEngine.Perf;

/// <summary>Operands of one length for element-wise cases; cache-line aligned, filled with fixed random numbers.</summary>
internal sealed unsafe class ElementwiseArrays : IDisposable
{
    public ElementwiseArrays(int length)
    {
        Length = length;
        Shape = [length];
        A = Allocate(length);
        B = Allocate(length);
        C = Allocate(length);
        Positive = Allocate(length);
        Y = Allocate(length);
        State = Allocate(length);
        Half = (Half*)Allocate(length);
        Whole = (int*)Allocate(length);
        var random = new Random(1);
        for (int i = 0; i < length; i++)
        {
            A[i] = (random.NextSingle() * 4) - 2;
            B[i] = (random.NextSingle() * 4) - 2;
            C[i] = random.NextSingle() - 0.5f;
            Positive[i] = random.NextSingle() + 0.01f;
            Y[i] = 0;
            State[i] = 0;
            Half[i] = (Half)A[i];
            Whole[i] = random.Next(-1000, 1000);
        }
    }

    public int Length { get; }

    public Shape Shape { get; }

    /// <summary>Numbers in [-2, 2).</summary>
    public float* A { get; }

    /// <inheritdoc cref="A"/>
    public float* B { get; }

    /// <summary>Numbers in [-0.5, 0.5).</summary>
    public float* C { get; }

    /// <summary>Numbers in [0.01, 1.01).</summary>
    public float* Positive { get; }

    /// <summary>The output.</summary>
    public float* Y { get; }

    /// <summary>An optimizer's state.</summary>
    public float* State { get; }

    public Half* Half { get; }

    public int* Whole { get; }

    public Span<float> SpanA => new(A, Length);

    public Span<float> SpanB => new(B, Length);

    public Span<float> SpanC => new(C, Length);

    public Span<float> SpanPositive => new(Positive, Length);

    public Span<float> SpanY => new(Y, Length);

    public Span<float> SpanState => new(State, Length);

    public Span<Half> SpanHalf => new(Half, Length);

    public Span<int> SpanWhole => new(Whole, Length);

    public void Dispose()
    {
        foreach (nint block in (ReadOnlySpan<nint>)[(nint)A, (nint)B, (nint)C, (nint)Positive, (nint)Y, (nint)State])
        {
            NativeMemory.AlignedFree((void*)block);
        }

        NativeMemory.AlignedFree(Half);
        NativeMemory.AlignedFree(Whole);
    }

    private static float* Allocate(int length) => (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
}
