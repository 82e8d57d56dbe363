namespace CoreEngine.Kernels;

/// <summary>The cell of a recurrent layer. With x the input, h the state before, s the logistic function:</summary>
public enum RecurrentMode
{
    /// <summary>h' = max(W x + R h + b, 0).</summary>
    Relu,

    /// <summary>h' = tanh(W x + R h + b) (Elman 1990).</summary>
    Tanh,

    /// <summary>
    /// Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), gates in the order
    /// i, f, g, o: c' = s(f) c + s(i) tanh(g), h' = s(o) tanh(c').
    /// </summary>
    Lstm,

    /// <summary>
    /// Gated recurrent unit (Cho et al. 2014), the form that resets after the multiplication, gates in the order r, z, n:
    /// n' = tanh(W x + b + s(r) (R h + b')), h' = (1 - s(z)) n' + s(z) h.
    /// </summary>
    Gru,
}
