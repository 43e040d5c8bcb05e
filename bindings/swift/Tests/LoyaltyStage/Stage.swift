// placeholder until stage
